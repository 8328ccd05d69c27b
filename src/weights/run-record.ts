/**
 * run.json, read back.
 */
import * as z from '../utils/schema.ts';
import { historySchema } from './history-schema.ts';
import { parseJson } from './json.ts';
import { identitySchema, type RunIdentity } from './identity.ts';
import { recipeSchema } from './recipe-schema.ts';
import { checked, listOf } from './schemas.ts';

/** Open: which further figures there are depends on the task. */
const metricsSchema = z.union([
  z.looseObject({
    loss: z.number(),
    accuracy: z.number(),
    confusionMatrix: listOf(listOf(z.int().check(z.minimum(0)), 1000), 1000),
  }),
  z.looseObject({ loss: z.number(), rmse: z.number(), mae: z.number(), r2: z.number() }),
]);

/** A file that a run has left beside its run.json, as it left it. */
const fileSchema = z.object({
  name: z.string().check(z.regex(/^\w[\w.-]{0,99}$/, 'is no name of a file in the directory')),
  bytes: z.int().check(z.minimum(0)),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

export type RunFileHash = z.infer<typeof fileSchema>;

export const runSchema = z.extend(z.omit(identitySchema, { recipe: true }), {
  format: z.literal('backprop-zoo/run'),
  version: z.literal(1),
  status: z.enum(['complete', 'interrupted', 'diverged']),
  hyperParameters: recipeSchema,
  epochs: z.int().check(z.minimum(0)),
  steps: z.int().check(z.minimum(0)),
  seconds: z.number().check(z.minimum(0)),
  history: historySchema,
  metrics: z.object({
    train: metricsSchema,
    validation: z.optional(metricsSchema),
    test: metricsSchema,
  }),
  files: z.optional(listOf(fileSchema, 100)),
});

export type RunFile = z.infer<typeof runSchema> & { identity: RunIdentity };

export const runLimits = { characters: 200e6, parts: 12e6, values: 12e6 };

/** @throws InputError that says where the file is wrong */
export function parseRun(text: string, name: string): RunFile {
  const run = checked(runSchema, parseJson(text, name, runLimits), name, 'run file');
  return { ...run, identity: identitySchema.parse({ ...run, recipe: run.hyperParameters }) };
}
