/**
 * What a sweep is: a model and the settings that it is trained with, some of them varied.
 */
import * as z from '../../utils/schema.ts';
import { readText } from '../../node/files.ts';
import { parseJson } from '../../weights/json.ts';
import { checked, finiteNumbers, listOf, plainText } from '../../weights/schemas.ts';
import type { OptionValue } from '../../model/definition.ts';

/** Values of settings by name, as `settingsFor` takes them. */
export type SweepSettings = Record<string, OptionValue>;

/** Drawn between two ends: on a logarithmic scale where both are positive, else evenly. */
export interface Range {
  low: number;
  high: number;
}

export interface SweepDefinition {
  title?: string;
  model: string;
  /** What all cells have in common. */
  fixed: SweepSettings;
  /** Every combination of these is a cell. */
  grid: Record<string, OptionValue[]>;
  /** Settings that belong together; each is combined with all of the grid. */
  list?: { name: string; settings: SweepSettings }[];
  /** So many draws, each combined with all of the grid. */
  random?: { draws: number; seed: number; from: Record<string, Range | OptionValue[]> };
}

export const mostCells = 100_000;

const value = z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean(), finiteNumbers]);
const values = listOf(value, mostCells).check(
  z.refine((list) => list.length > 0, { message: 'expected at least one value' }),
);
const settings = z.record(z.string(), value);
const range = z
  .strictObject({ low: z.number(), high: z.number() })
  .check(z.refine(({ low, high }) => low < high, { message: 'low must be below high' }));

export const definitionSchema = z.strictObject({
  title: z.optional(plainText),
  model: plainText,
  fixed: z._default(settings, {}),
  grid: z._default(z.record(z.string(), values), {}),
  list: z.optional(listOf(z.strictObject({ name: plainText, settings }), mostCells)),
  random: z.optional(
    z.strictObject({
      draws: z.int().check(z.minimum(1), z.maximum(mostCells)),
      seed: z._default(z.int().check(z.minimum(0), z.maximum(2 ** 32 - 1)), 1),
      from: z.record(z.string(), z.union([range, values])),
    }),
  ),
});

export const sweepFileSchema = z.extend(definitionSchema, {
  format: z.literal('backprop-zoo/sweep'),
  version: z.literal(1),
});

/** @throws InputError that says where the file is wrong */
export async function readDefinition(path: string): Promise<SweepDefinition> {
  const text = await readText(path, 16e6);
  const {
    format: _,
    version: __,
    ...definition
  } = checked(sweepFileSchema, parseJson(text, path), path, 'sweep file');
  return definition;
}
