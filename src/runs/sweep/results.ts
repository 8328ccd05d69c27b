/**
 * What came of a sweep: cells that differ in their seed alone as one group, the groups from best to worst.
 */
import type { OptionValue } from '../../model/definition.ts';
import { headlineOf, type Headline } from '../../evaluation/metrics.ts';
import { dashed, shellWord } from '../../utils/text.ts';
import { wordsOf } from '../../weights/schemas.ts';
import type { CellResult } from './cell-file.ts';
import type { Cell } from './cells.ts';
import type { SweepDefinition, SweepSettings } from './definition.ts';
import type { SweepPlan } from './directory.ts';

export interface Spread {
  mean: number;
  /** Sample standard deviation; 0 for one value. */
  deviation: number;
}

export interface Group {
  /** What varies, but for the seed. */
  varied: SweepSettings;
  /** `learningRate 0.1, hidden 32` */
  name: string;
  cells: { cell: Cell; result?: CellResult }[];
  /** Accuracy, or of a regression R², of the complete cells; undefined where there are none. */
  score?: Spread;
  loss?: Spread;
}

export interface SweepResults {
  definition: SweepDefinition;
  /** Where data was looked for. */
  data: SweepPlan['data'];
  cells: { cell: Cell; result?: CellResult }[];
  /** Names of the varied settings, the seed among them. */
  columns: string[];
  /** The rows by which groups are judged: not the test rows where there are others. */
  judgedBy: 'validation' | 'test';
  /** What the groups' scores are. */
  figure: Headline['name'];
  /** From best to worst: by mean score, then by mean loss; groups without a complete cell last. */
  groups: Group[];
}

export function resultsOf(
  definition: SweepDefinition,
  cells: Cell[],
  found: ReadonlyMap<string, CellResult>,
  data: SweepPlan['data'],
): SweepResults {
  const paired = cells.map((cell) => ({ cell, result: found.get(cell.id) }));
  const complete = paired.flatMap(({ result }) => (result?.metrics ? [result.metrics] : []));
  const judgedBy =
    complete.length > 0 && complete.every(({ validation }) => validation) ? 'validation' : 'test';
  const groups = new Map<string, Group>();
  for (const pair of paired) {
    const { seed: _, ...varied } = pair.cell.varied;
    const key = JSON.stringify(varied);
    const group = groups.get(key) ?? { varied, name: nameOf(varied), cells: [] };
    group.cells.push(pair);
    groups.set(key, group);
  }
  for (const group of groups.values()) {
    const scores = group.cells.flatMap(({ result }) => result?.metrics?.[judgedBy] ?? []);
    if (scores.length === 0) continue;
    group.score = spreadOf(scores.map((score) => headlineOf(score).value));
    group.loss = spreadOf(scores.map(({ loss }) => loss));
  }
  const columns = [...new Set(cells.flatMap(({ varied }) => Object.keys(varied)))];
  return {
    definition,
    data,
    cells: paired,
    columns,
    judgedBy,
    figure: complete[0] ? headlineOf(complete[0].test).name : 'accuracy',
    groups: [...groups.values()].sort(betterFirst),
  };
}

/** R² has no lower end. */
const scoreOf = ({ score }: Group): number => score?.mean ?? -Number.MAX_VALUE;

const betterFirst = (a: Group, b: Group): number =>
  scoreOf(b) - scoreOf(a) || (a.loss?.mean ?? Infinity) - (b.loss?.mean ?? Infinity) || 0;

export function spreadOf(values: number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

export const valueText = (value: OptionValue | undefined): string =>
  value === undefined ? '' : Array.isArray(value) ? value.join(' ') : String(value);

const nameOf = (varied: SweepSettings): string =>
  Object.entries(varied)
    .map(([name, value]) => (name === 'experiment' ? valueText(value) : `${name} ${valueText(value)}`))
    .join(', ') || 'all';

export interface Counts {
  cells: number;
  complete: number;
  diverged: number;
  failed: number;
  missing: number;
}

export function countsOf({ cells }: SweepResults): Counts {
  const count = (status?: string) => cells.filter(({ result }) => result?.status === status).length;
  return {
    cells: cells.length,
    complete: count('complete'),
    diverged: count('diverged'),
    failed: count('failed'),
    missing: count(undefined),
  };
}

/** Where the cells' data came from; more than one place is worth a warning. */
export const sourcesOf = ({ cells }: SweepResults): string[] => [
  ...new Set(cells.flatMap(({ result }) => result?.dataset?.source ?? [])),
];

/** The command that trains the first cell of a group again: on the same data and backend. */
export function commandFor({ definition, data }: SweepResults, { cells }: Group): string {
  const [{ cell, result }] = cells;
  const { options, recipe, gradients, asPrinted, recordEvery } = cell.settings;
  const given = { ...recipe, gradients, recordEvery, ...options, ...whereFrom(data, result) };
  const words = Object.entries(given).map(([name, value]) => `--${dashed(name)}=${shellWord(String(value))}`);
  const own = data.own ? wordsOf(data.own).map(shellWord) : [];
  return [
    'zoo train',
    shellWord(definition.model),
    ...words,
    ...own,
    ...(asPrinted ? ['--as-printed'] : []),
  ].join(' ');
}

/** Options of the command line by which data and backend are what they were. */
function whereFrom({ dataDir }: SweepPlan['data'], result?: CellResult): SweepSettings {
  const { source, standIn } = result?.dataset ?? {};
  return {
    ...(result && { backend: result.backend }),
    ...(source === 'dir' && dataDir !== undefined && { data: 'dir', dataDir }),
    ...((source === 'cache' || source === 'download') && { data: 'download' }),
    ...(standIn && { data: 'built-in' }),
  };
}

/** `95.61 ± 0.42 %` of accuracies, `0.4525 ± 0.0021` of R². */
export const scoreText = ({ figure }: Pick<SweepResults, 'figure'>, spread: Spread): string =>
  figure === 'accuracy' ? `${withDeviation(spread, 100, 2)} %` : withDeviation(spread, 1, 4);

export const withDeviation = ({ mean, deviation }: Spread, factor: number, digits: number): string =>
  (mean * factor).toFixed(digits) + (deviation > 0 ? ` ± ${(deviation * factor).toFixed(digits)}` : '');
