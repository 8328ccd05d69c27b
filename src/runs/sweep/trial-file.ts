/**
 * What is kept of a trial, one JSON file each: written whole when the trial is over, so that a sweep which is killed
 * has lost only what was under way.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendName, backendNames } from '../../backend/index.ts';
import { maxSymbols } from '../../data/check-dataset.ts';
import type { LoadedDataset } from '../../data/dataset.ts';
import type { ModelFile } from '../../model/definition.ts';
import { readText, writeFileAtomically } from '../../node/files.ts';
import { InputError } from '../../utils/errors.ts';
import * as z from '../../utils/schema.ts';
import { formatJson, parseJson } from '../../weights/json.ts';
import {
  dataFilesSchema,
  describeDifferences,
  modelDifferences,
  nameDifferences,
  untimedHistorySchema,
} from '../../weights/run-record.ts';
import { checked, listOf, plainText } from '../../weights/schemas.ts';
import { modelFileSchema } from '../../weights/weights.ts';

/** Of a regression R² in place of the accuracy, of a model of tokens the perplexity beside it. */
const score = z.object({
  loss: z.number(),
  accuracy: z.optional(z.number()),
  r2: z.optional(z.number()),
  rmse: z.optional(z.number()),
  perplexity: z.optional(z.number()),
});

export const trialSchema = z.object({
  format: z.literal('backprop-zoo/sweep-cell'),
  version: z.literal(1),
  id: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
  /** `failed`: it did not come to an end for another reason than its numbers; it is tried again. */
  status: z.enum(['complete', 'diverged', 'failed']),
  message: z.optional(z.string().check(z.maxLength(5000))),
  backend: z.enum(backendNames as unknown as BackendName[]),
  dataset: z.optional(
    z.object({
      name: plainText,
      source: z.enum(['dir', 'cache', 'download', 'built-in']),
      fingerprint: plainText,
      standIn: z.optional(z.boolean()),
      files: z.optional(dataFilesSchema),
      /** Of data of the user's own. */
      classNames: z.optional(listOf(z.string(), maxSymbols)),
    }),
  ),
  modelFile: z.optional(modelFileSchema),
  epochs: z._default(z.int().check(z.minimum(0)), 0),
  seconds: z._default(z.number().check(z.minimum(0)), 0),
  metrics: z.optional(z.object({ train: score, validation: z.optional(score), test: score })),
  history: z._default(untimedHistorySchema, []),
});

export type TrialResult = Omit<z.infer<typeof trialSchema>, 'format' | 'version'>;

const directoryName = 'cells';
const fileName = (id: string) => join(directoryName, `${id}.json`);

export const trialsDirectory = (sweep: string): string => join(sweep, directoryName);

export const writeTrial = (sweep: string, result: TrialResult): Promise<void> =>
  writeFileAtomically(
    join(sweep, fileName(result.id)),
    formatJson({ format: 'backprop-zoo/sweep-cell', version: 1, ...result }),
  );

/** @throws InputError that says where a file is wrong */
export async function readTrials(sweep: string): Promise<Map<string, TrialResult>> {
  const trials = new Map<string, TrialResult>();
  const directory = trialsDirectory(sweep);
  if (!existsSync(directory)) return trials;
  for (const name of (await readdir(directory)).filter((name) => /^[0-9a-f]{16}\.json$/.test(name)).sort()) {
    const path = join(directory, name);
    const {
      format: _,
      version: __,
      ...result
    } = checked(
      trialSchema,
      parseJson(await readText(path, 64e6), path, { characters: 64e6, parts: 12e6, values: 12e6 }),
      path,
      'result of a trial',
    );
    if (name !== `${result.id}.json`)
      throw new InputError(`${path} is the result of another trial, ${result.id}.`);
    trials.set(result.id, result);
  }
  return trials;
}

/** What trials are trained on and with, as far as a sweep tells it apart. */
export type SweepSource = Pick<LoadedDataset, 'files'> & { classNames?: string[]; modelFile?: ModelFile };

/** Undefined for a trial that failed, or is of a version that did not record it. */
const sourceOf = ({ dataset, modelFile }: TrialResult): SweepSource | undefined =>
  dataset?.files && { files: dataset.files, classNames: dataset.classNames, modelFile };

/** What a trial of a sweep was trained on and with. */
export const firstSource = (results: Iterable<TrialResult>): SweepSource | undefined =>
  [...results].map(sourceOf).find((source) => source !== undefined);

interface Change {
  of: 'data' | 'model';
  what: string;
}

/** In what the model or the data of two trials differs, if in anything; of what was drawn there are no files. */
function difference(then: SweepSource, now: SweepSource): Change | undefined {
  const inModel = then.modelFile ? modelDifferences(then.modelFile, now.modelFile) : [];
  if (inModel.length > 0) return { of: 'model', what: describeDifferences(inModel) };
  const ofData = (what: string | undefined): Change | undefined =>
    what === undefined ? undefined : { of: 'data', what };
  if (then.files.length === 0 && now.files.length > 0)
    return ofData('it was drawn then, and is read from files now');
  if (now.files.length === 0 && then.files.length > 0)
    return ofData('it was read from files then, and is drawn now');
  const other = (a: SweepSource, b: SweepSource) =>
    a.files.find(({ sha256 }) => !b.files.some((file) => file.sha256 === sha256))?.name;
  const changed = other(then, now) ?? other(now, then);
  if (changed !== undefined) return ofData(`${changed} is another`);
  if (!then.classNames || !now.classNames) return undefined;
  const names = nameDifferences({ classes: then.classNames }, { classes: now.classNames });
  return names.length > 0 ? ofData(describeDifferences(names)) : undefined;
}

/**
 * @param where the directory of the sweep, for the message
 * @param now what further trials would be trained on and with
 * @throws InputError where a result is of other data or of another version of the model
 */
export function checkSameSource(where: string, results: Iterable<TrialResult>, now: SweepSource): void {
  for (const result of results) {
    const then = sourceOf(result);
    const change = then && difference(then, now);
    if (!change) continue;
    throw new InputError(
      `The trials in ${where} were trained ${change.of === 'data' ? 'on other data' : 'with other model files'}: ` +
        `${change.what}. Put the ${change.of} back as it was, or choose another --out.`,
    );
  }
}

/** A result as it is, but for one of another source than the sweep began with, which is a failure. */
export function ofSameSource(result: TrialResult, began: SweepSource): TrialResult {
  const { id, backend } = result;
  const now = sourceOf(result);
  const change = now && difference(began, now);
  if (!change) return result;
  const message = `The ${change.of} changed while the sweep ran: ${change.what}.`;
  return { id, status: 'failed', message, backend, epochs: 0, seconds: 0, history: [] };
}
