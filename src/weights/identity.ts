/**
 * What makes a run the run it is: with all of this equal, it ends with the same weights.
 */
import * as z from '../utils/schema.ts';
import { backendNames, type BackendName } from '../backend/index.ts';
import { gradientSources, type GradientSourceName } from '../model/gradients/index.ts';
import { ownFilesSchema } from './own-files.ts';
import { recipeSchema } from './recipe-schema.ts';
import { listOf, plainText } from './schemas.ts';
import { modelFileSchema, optionValueSchema } from './weights.ts';

export const dataFilesSchema = listOf(
  z.object({ name: plainText, bytes: z.int().check(z.minimum(0)), sha256: plainText }),
  10_000,
);

const datasetSchema = z.object({
  name: plainText,
  source: z.enum(['dir', 'cache', 'download', 'built-in']),
  standIn: z.optional(z.string().check(z.maxLength(5000))),
  files: dataFilesSchema,
  own: z.optional(ownFilesSchema),
  /** Of the numbers that were trained on. */
  fingerprint: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

export const identitySchema = z.object({
  model: plainText,
  modelFile: z.optional(modelFileSchema),
  /** Of the weights that training began with, where these were not the model's initial ones. */
  start: z.optional(z.object({ file: z.string().check(z.maxLength(4096)), sha256: plainText })),
  options: z.record(z.string(), optionValueSchema),
  asPrinted: z.boolean(),
  dataset: datasetSchema,
  gradients: z.enum(Object.keys(gradientSources) as GradientSourceName[]),
  backend: z.enum(backendNames as unknown as BackendName[]),
  recipe: recipeSchema,
  recordEvery: z.int().check(z.minimum(1), z.maximum(1e9)),
  environment: z.object({ zoo: plainText, node: plainText, tfjs: plainText, platform: plainText }),
});

export type RunIdentity = z.infer<typeof identitySchema>;

export interface Difference {
  what: string;
  then: string;
  now: string;
}

/** In what two runs differ; versions of programs are not counted, see {@link environmentDifferences}. */
export function differences(then: RunIdentity, now: RunIdentity): Difference[] {
  const data = ({ dataset: { name, fingerprint } }: RunIdentity) => ({
    dataset: name,
    'data (SHA-256)': `${fingerprint.slice(0, 16)}…`,
  });
  const flat = (run: RunIdentity): Record<string, unknown> => ({
    model: run.model,
    ...(run.start && { 'start (SHA-256)': `${run.start.sha256.slice(0, 16)}…` }),
    ...run.options,
    asPrinted: run.asPrinted,
    gradients: run.gradients,
    backend: run.backend,
    ...run.recipe,
    recordEvery: run.recordEvery,
    ...data(run),
  });
  return compare(flat(then), flat(now));
}

export const environmentDifferences = (then: RunIdentity, now: RunIdentity): Difference[] =>
  compare(then.environment, now.environment);

function compare(then: object, now: object): Difference[] {
  const text = (record: object, key: string) =>
    Object.hasOwn(record, key) ? JSON.stringify((record as Record<string, unknown>)[key]) : 'nothing';
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .map((what) => ({ what, then: text(then, what), now: text(now, what) }))
    .filter((difference) => difference.then !== difference.now);
}

/** `learningRate was 0.1 and is 0.5; epochs was 10 and is 20` */
export const describeDifferences = (list: Difference[]): string =>
  list.map(({ what, then, now }) => `${what} was ${then} and is ${now}`).join('; ');
