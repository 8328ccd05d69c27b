/**
 * What a sweep looks like: accuracy over the settings that vary most, or of each random draw, and loss by epoch.
 */
import type { Chart } from '../../reports/pictures/chart.ts';
import { epochs } from '../../reports/pictures/line-chart.ts';
import { shortened, type HeatMap } from '../../reports/pictures/heat-map.ts';
import { spreadOf, valueText, type Group, type SweepResults } from './results.ts';

/** As many as there are colours to tell apart. */
const mostCurves = 7;

/** By epoch the loss of the best groups, mean over their seeds. */
export function lossCurves({ groups, judgedBy }: SweepResults): Chart {
  const shown = groups.filter(({ score }) => score).slice(0, mostCurves);
  const [key, what] =
    judgedBy === 'validation'
      ? (['validationLoss', 'validation loss'] as const)
      : (['loss', 'training loss'] as const);
  const best = groups.length > shown.length ? `, the best ${shown.length}` : '';
  return {
    title: `Mean ${what}${best}`,
    x: epochs,
    y: { label: what, min: 0 },
    series: shown.map((group) => ({ name: shortened(group.name), points: meanByEpoch(group, key) })),
  };
}

function meanByEpoch({ cells }: Group, key: 'loss' | 'validationLoss'): [epoch: number, loss: number][] {
  const byEpoch = new Map<number, number[]>();
  for (const { epoch, [key]: loss } of cells.flatMap(({ result }) => result?.history ?? [])) {
    if (loss !== undefined) byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), loss]);
  }
  return [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, losses]) => [epoch, spreadOf(losses).mean]);
}

/** Accuracy over the setting that was drawn from a range; undefined where none was. */
export function accuracyOfDraws({ groups, definition, judgedBy, figure }: SweepResults): Chart | undefined {
  const [name, range] =
    Object.entries(definition.random?.from ?? {}).find(([, choice]) => !Array.isArray(choice)) ?? [];
  if (name === undefined || range === undefined || Array.isArray(range)) return undefined;
  const drawn = groups.filter(({ score }) => score);
  const isShare = figure === 'accuracy';
  return {
    title: `${isShare ? 'Accuracy' : figure} on the ${judgedBy} rows`,
    x: { label: name, min: range.low, max: range.high, logarithmic: range.low > 0 },
    y: isShare ? { label: 'accuracy in %', max: 100 } : { label: figure, max: 1 },
    series: [
      {
        name: 'one draw',
        points: drawn.map(({ varied, score }) => [varied[name] as number, (isShare ? 100 : 1) * score!.mean]),
        notes: drawn.map((group) => group.name),
        scattered: true,
      },
    ],
  };
}

/** Accuracy over the two settings with the most values, in the order of numbers; the others are averaged over. */
export function accuracyMap({ cells, columns, groups, judgedBy, figure }: SweepResults): HeatMap {
  const varied = columns
    .filter((name) => name !== 'seed')
    .map((name) => ({ name, values: valuesOf(cells.map(({ cell }) => cell.varied[name])) }))
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.values.length - a.values.length);
  const nothing = { name: '', values: [''] };
  const [down = { name: '', values: ['all'] }, across = nothing, ...rest] = varied;
  const lies = (group: Group, { name }: typeof nothing, value: string): boolean =>
    name === '' || valueText(group.varied[name]) === value;
  const mean = rest.length > 0 ? `, mean over ${rest.map(({ name }) => name).join(', ')}` : '';
  return {
    title: `${figure === 'accuracy' ? 'Accuracy' : '100·R²'} on the ${judgedBy} rows${figure === 'accuracy' ? ' in %' : ''}${mean}`,
    rowName: down.name,
    columnName: across.name,
    rows: down.values,
    columns: across.values,
    cells: down.values.map((y) =>
      across.values.map((x) =>
        meanOrWhyNone(groups.filter((one) => lies(one, down, y) && lies(one, across, x))),
      ),
    ),
  };
}

const valuesOf = (values: Group['varied'][string][]): string[] => {
  const numbers = values.every((value) => typeof value === 'number');
  return [...new Set((numbers ? [...values].sort((a, b) => a - b) : values).map(valueText))];
};

function meanOrWhyNone(groups: Group[]): number | string {
  const means = groups.flatMap(({ score }) => score?.mean ?? []);
  if (means.length > 0) return 100 * spreadOf(means).mean;
  const statuses = groups.flatMap(({ cells }) => cells.map(({ result }) => result?.status));
  return statuses.includes('diverged') ? 'diverged' : groups.length > 0 ? 'none' : '';
}
