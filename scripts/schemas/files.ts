/**
 * The JSON files that the zoo writes and reads: by the very schemas that check them when they are read.
 */
import * as z from '../../src/core/schema.ts';
import { cellSchema } from '../../src/runs/sweep/cell-file.ts';
import { sweepFileSchema } from '../../src/runs/sweep/definition.ts';
import { sweepDirectorySchema } from '../../src/runs/sweep/directory.ts';
import { checkpointSchema } from '../../src/saved/checkpoint.ts';
import { runSchema } from '../../src/saved/run-record.ts';
import { preprocessingSchema, weightsSchema } from '../../src/saved/weights.ts';
import { sweepResults } from './outputs.ts';
import { byName, form, list, text } from './pieces.ts';

const parameters = form({
  model: text,
  classNames: list(text),
  preprocessing: preprocessingSchema,
  /** Nested lists, row by row. */
  parameters: byName(z.array(z.unknown())),
});

const results = form({
  format: z.literal('backprop-zoo/sweep-results'),
  version: z.literal(1),
  ...sweepResults,
});

export const files = {
  weights: ['`weights.json` of a run: a model with its parameters, complete', weightsSchema],
  run: ['`run.json` of a run: what was trained, and what came of it', runSchema],
  checkpoint: ['`checkpoint.json`: what an interrupted run continues from', checkpointSchema],
  parameters: ['`parameters.json`, which `zoo export --format json` writes', parameters],
  sweep: ['a sweep file, which `zoo sweep FILE` reads', sweepFileSchema],
  'sweep-directory': ['`sweep.json` in the directory of a sweep', sweepDirectorySchema],
  'sweep-cell': ['`cells/<id>.json` in the directory of a sweep', cellSchema],
  'sweep-results': ['`results.json` in the directory of a sweep', results],
} as const;
