/**
 * The cells of a sweep: one training each, told apart by the settings that vary.
 */
import { InputError } from '../../utils/errors.ts';
import { sha256 } from '../../node/files.ts';
import { RandomState } from '../../utils/random.ts';
import { refuseUnknownSettings, settingsFor, type Settings } from '../../training/settings.ts';
import type { OptionValue, ZooEntry } from '../../model/definition.ts';
import { mostCells, type Range, type SweepDefinition, type SweepSettings } from './definition.ts';

/** The column of a list's names among the varied settings. */
const listColumn = 'experiment';

export interface Cell {
  /** Hash of all settings that training depends on: cells of one id are one training. */
  id: string;
  /** What varies, by name, in the order of the definition. */
  varied: SweepSettings;
  settings: Settings;
}

/**
 * @param nameOf how messages call a setting
 * @throws InputError for an unknown setting, a value that is wrong, or too many cells; before anything is trained
 */
export function cellsOf(
  entry: ZooEntry,
  definition: SweepDefinition,
  nameOf?: (key: string) => string,
): Cell[] {
  const { fixed, grid, list = [{ name: '', settings: {} }], random } = definition;
  const names = [fixed, grid, random?.from ?? {}, ...list.map(({ settings }) => settings)];
  for (const group of names) refuseUnknownSettings(entry, group, 'The sweep');
  const drawn = random ? draws(entry, random) : [{}];
  const combinations = Object.values(grid).reduce((count, { length }) => count * length, 1);
  const count = list.length * drawn.length * combinations;
  if (count > mostCells) throw new InputError(`The sweep has ${count} cells; at most ${mostCells} are run.`);
  const inGrid = combine(grid);
  return list.flatMap(({ name, settings: ofList }) =>
    drawn.flatMap((draw) =>
      inGrid.map((point) => {
        const settings = settingsFor(entry, { ...fixed, ...ofList, ...draw, ...point }, { nameOf });
        const varied = { ...(definition.list && { [listColumn]: name }), ...draw, ...point };
        return { id: idOf(entry, settings), varied, settings };
      }),
    ),
  );
}

const idOf = (entry: ZooEntry, settings: Settings): string =>
  sha256(JSON.stringify([entry.name, settings])).slice(0, 16);

/** Every combination; the last name varies fastest. */
function combine(grid: Record<string, OptionValue[]>): SweepSettings[] {
  let points: SweepSettings[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  return points;
}

function draws(
  entry: ZooEntry,
  { draws: count, seed, from }: NonNullable<SweepDefinition['random']>,
): SweepSettings[] {
  const random = new RandomState(seed);
  return Array.from({ length: count }, () =>
    Object.fromEntries(
      Object.entries(from).map(([name, choice]) => [
        name,
        Array.isArray(choice)
          ? choice[Math.floor(random.random() * choice.length)]
          : between(choice, random.random(), isWhole(entry, name)),
      ]),
    ),
  );
}

const wholeSettings = ['epochs', 'batchSize', 'seed', 'patience', 'recordEvery'];
const isWhole = (entry: ZooEntry, name: string): boolean =>
  wholeSettings.includes(name) || entry.options[name]?.integer === true;

/** Four digits say as much as a random number can, and are pleasant to read. */
function between({ low, high }: Range, share: number, whole: boolean): number {
  const drawn = low > 0 ? low * (high / low) ** share : low + (high - low) * share;
  return whole ? Math.round(drawn) : Number(drawn.toPrecision(4));
}

/** Cells that are one training are trained once; the first of each. */
export function distinct(cells: Cell[]): Cell[] {
  const first = new Map(cells.map((cell) => [cell.id, cell] as const).reverse());
  return cells.filter((cell) => first.get(cell.id) === cell);
}

/** The `index`th of `count` nearly equal parts, counted from 1. */
export interface Shard {
  index: number;
  count: number;
}

/** The trainings of one shard; every training is in exactly one. */
export const shardOf = (cells: Cell[], { index, count }: Shard): Cell[] =>
  distinct(cells).filter((_, i) => i % count === index - 1);
