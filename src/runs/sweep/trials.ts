/**
 * What a sweep is: a model and the settings that it is trained with, some of them varied.
 */
import type { OptionValue, ModelDefinition } from '../../model/definition.ts';
import { readText, sha256 } from '../../node/files.ts';
import { checkSettingNames, type Settings, resolveSettings } from '../../training/settings.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import * as z from '../../utils/schema.ts';
import { parseJson } from '../../weights/json.ts';
import { checked, finiteNumbers, listOf, plainText } from '../../weights/schemas.ts';

/** Values of settings by name, as `resolveSettings` takes them. */
export type SweepSettings = Record<string, OptionValue>;

/** Drawn between two ends: on a logarithmic scale where both are positive, else evenly. */
export interface Range {
  low: number;
  high: number;
}

export interface SweepDefinition {
  title?: string;
  model: string;
  /** What all trials have in common. */
  fixed: SweepSettings;
  /** Every combination of these is a trial. */
  grid: Record<string, OptionValue[]>;
  /** Settings that belong together; each is combined with all of the grid. */
  list?: { name: string; settings: SweepSettings }[];
  /** So many draws, each combined with all of the grid. */
  random?: { draws: number; seed: number; from: Record<string, Range | OptionValue[]> };
}

export const maxTrials = 100_000;

const value = z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean(), finiteNumbers]);
const values = listOf(value, maxTrials).check(
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
  list: z.optional(listOf(z.strictObject({ name: plainText, settings }), maxTrials)),
  random: z.optional(
    z.strictObject({
      draws: z.int().check(z.minimum(1), z.maximum(maxTrials)),
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

/** The column of a list's names among the varied settings. */
const listColumn = 'experiment';

export interface Trial {
  /** Hash of all settings that training depends on: trials of one id are one training. */
  id: string;
  /** What varies, by name, in the order of the definition. */
  varied: SweepSettings;
  settings: Settings;
}

/**
 * @param nameOf how messages call a setting
 * @throws InputError for an unknown setting, a value that is wrong, or too many trials; before anything is trained
 */
export function trialsOf(
  model: ModelDefinition,
  definition: SweepDefinition,
  nameOf?: (key: string) => string,
): Trial[] {
  const { fixed, grid, list = [{ name: '', settings: {} }], random } = definition;
  const names = [fixed, grid, random?.from ?? {}, ...list.map(({ settings }) => settings)];
  for (const group of names) checkSettingNames(model, group, 'The sweep');
  const drawn = random ? draws(model, random) : [{}];
  const combinations = Object.values(grid).reduce((count, { length }) => count * length, 1);
  const count = list.length * drawn.length * combinations;
  if (count > maxTrials) throw new InputError(`The sweep has ${count} trials; at most ${maxTrials} are run.`);
  const inGrid = combine(grid);
  return list.flatMap(({ name, settings: ofList }) =>
    drawn.flatMap((draw) =>
      inGrid.map((point) => {
        const settings = resolveSettings(model, { ...fixed, ...ofList, ...draw, ...point }, { nameOf });
        const varied = { ...(definition.list && { [listColumn]: name }), ...draw, ...point };
        return { id: idOf(model, settings), varied, settings };
      }),
    ),
  );
}

const idOf = (model: ModelDefinition, settings: Settings): string =>
  sha256(JSON.stringify([model.name, settings])).slice(0, 16);

/** Every combination; the last name varies fastest. */
function combine(grid: Record<string, OptionValue[]>): SweepSettings[] {
  let points: SweepSettings[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  return points;
}

function draws(
  model: ModelDefinition,
  { draws: count, seed, from }: NonNullable<SweepDefinition['random']>,
): SweepSettings[] {
  const random = new RandomState(seed);
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      Object.entries(from).map(([name, choice]) => [
        name,
        Array.isArray(choice)
          ? choice[Math.floor(random.random() * choice.length)]
          : between(choice, random.random(), isWhole(model, name)),
      ]),
    ),
  );
}

const wholeSettings = ['epochs', 'batchSize', 'seed', 'patience', 'recordEvery'];
const isWhole = (model: ModelDefinition, name: string): boolean =>
  wholeSettings.includes(name) || model.options[name]?.integer === true;

/** Four digits say as much as a random number can, and are pleasant to read. */
function between({ low, high }: Range, share: number, whole: boolean): number {
  const drawn = low > 0 ? low * (high / low) ** share : low + (high - low) * share;
  return whole ? Math.round(drawn) : Number(drawn.toPrecision(4));
}

/** Trials that are one training are trained once; the first of each. */
export function distinct(trials: Trial[]): Trial[] {
  const first = new Map(trials.map((trial) => [trial.id, trial] as const).reverse());
  return trials.filter((trial) => first.get(trial.id) === trial);
}

/** The `index`th of `count` nearly equal parts, counted from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** The trainings of one shard; every training is in exactly one. */
export const shardOf = (trials: Trial[], { index, count }: Shard): Trial[] =>
  distinct(trials).filter((_, i) => i % count === index - 1);
