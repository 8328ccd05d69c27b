/**
 * checkpoint.json: everything that a run continues from, and what the run is, so that it never continues as another.
 */
import * as z from '../utils/schema.ts';
import { checked, finiteNumbers, isOfItsShape, tensorSchema } from './schemas.ts';
import { formatJson, parseJson } from './json.ts';
import { firstNonFinite } from '../model/parameters.ts';
import { fromFileParameters } from './weights.ts';
import { historySchema, identitySchema, ownFilesSchema } from './run-record.ts';
import type { TrainingState } from '../training/types.ts';

/** Adam keeps two more numbers for each parameter, early stopping a copy of the best. */
export const checkpointLimits = { characters: 400e6, depth: 16, parts: 2e6, values: 40e6 };

const count = z.int().check(z.minimum(0));
const tensor = tensorSchema.check(isOfItsShape);

const parametersSchema = z.pipe(
  z.record(z.string(), tensor),
  z.transform((parameters: Record<string, z.infer<typeof tensor>>) => fromFileParameters(parameters)),
);

const uint32 = z.int().check(z.minimum(0), z.maximum(0xffffffff));

const stateSchema = z.object({
  epoch: count,
  stepInEpoch: count,
  lossInEpoch: z.number(),
  rightInEpoch: count,
  targetsInEpoch: z.optional(count),
  step: count,
  parameters: parametersSchema,
  optimizer: z.record(z.string(), tensor),
  random: z.object({
    key: finiteNumbers.check(
      z.refine((key) => key.length === 624 && key.every((k) => uint32.safeParse(k).success), {
        message: 'expected 624 whole numbers below 2³²',
      }),
    ),
    position: z.int().check(z.minimum(0), z.maximum(624)),
    spareNormal: z.nullable(z.number()),
  }),
  history: historySchema,
  best: z.optional(
    z.object({
      epoch: z.number().check(z.gt(0)),
      validationLoss: z.number(),
      parameters: parametersSchema,
    }),
  ),
  seconds: z.number().check(z.minimum(0)),
}) satisfies z.ZodMiniType<TrainingState>;

export const checkpointSchema = z.object({
  format: z.literal('backprop-zoo/checkpoint'),
  version: z.literal(1),
  run: identitySchema,
  /** How the data was asked for, so that `--resume` alone finds it again. */
  data: z.object({
    data: z.enum(['auto', 'dir', 'download', 'built-in']),
    dataDir: z.optional(z.string()),
    own: z.optional(ownFilesSchema),
  }),
  state: stateSchema,
});

export type Checkpoint = z.infer<typeof checkpointSchema>;

export const formatCheckpoint = (checkpoint: Checkpoint): string => formatJson(checkpoint);

/** @throws InputError that says where the file is wrong */
export function parseCheckpoint(text: string, name: string): Checkpoint {
  return checked(checkpointSchema, parseJson(text, name, checkpointLimits), name, 'checkpoint');
}

/** Name of the first tensor with a value that JSON cannot hold: training is about to diverge. */
export function unfitForCheckpoint({ parameters, optimizer }: TrainingState): string | undefined {
  const bad = Object.keys(optimizer).find((name) => !optimizer[name].values.every(Number.isFinite));
  return firstNonFinite(parameters) ?? bad;
}
