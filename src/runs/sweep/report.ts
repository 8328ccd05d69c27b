/**
 * A sweep's report: one HTML file that needs nothing else.
 */
import { join } from 'node:path';
import { headlineOf } from '../../evaluation/metrics.ts';
import { writeFileAtomically } from '../../node/files.ts';
import { chart } from '../../reports/chart.ts';
import { heatTable, html, type Html, page, table } from '../../reports/html.ts';
import type { Chart } from '../../reports/pictures/chart.ts';
import { toPng } from '../../reports/pictures/echarts.ts';
import { drawHeatMap, type HeatMap, shortened } from '../../reports/pictures/heat-map.ts';
import { drawCharts, historyPoints, timeAxis } from '../../reports/pictures/line-chart.ts';
import { splitNames } from '../../reports/scores.ts';
import {
  commandFor,
  countsOf,
  type Group,
  resultsCsv,
  resultsJson,
  scoreText,
  sourcesOf,
  spreadOf,
  type SweepResults,
  valueText,
  withDeviation,
} from './results.ts';

export function sweepReport(results: SweepResults): Promise<string> {
  const { definition, groups, judgedBy, figure } = results;
  const counts = countsOf(results);
  const [best] = groups;
  const draws = accuracyOfDraws(results);
  const title = `Sweep: ${definition.title ?? definition.model}`;
  const box = (name: string, value: string | number) => html`<div><b>${value}</b><span>${name}</span></div>`;
  return page(
    title,
    html`<h1>${title}</h1>
      <p class="faint">
        model ${definition.model}, data: ${sourcesOf(results).join(', ') || 'none'}, judged by ${judgedBy}
        rows
      </p>
      <div class="key-figures">
        ${best?.score && box(`best ${judgedBy} ${figure}`, scoreText(results, best.score))}
        ${(['cells', 'complete', 'diverged', 'failed', 'missing'] as const).map(
          (name) =>
            (counts[name] > 0 || name === 'complete') &&
            box(name === 'cells' ? 'trials' : name, counts[name]),
        )}
      </div>
      ${
        best?.score &&
        html`<h2>Best settings</h2>
          <p>${best.name}. This trains the first of them again:</p>
          <pre>${commandFor(results, best)}</pre>`
      }
      <h2>${titleOf(figure)}</h2>
      ${draws ? chart({ ...draws, hover: 'point' }) : heatTable(accuracyMap(results))}
      <h2>Learning curves</h2>
      ${chart({ ...lossCurves(results), mayBeLogarithmic: true })}
      <h2>Groups, from best to worst</h2>
      ${groupsTable(results)} ${failures(results)}
      <h2>Definition</h2>
      <pre>${JSON.stringify(definition, null, 2)}</pre>`,
  );
}

const titleOf = (figure: SweepResults['figure']): string => figure[0].toUpperCase() + figure.slice(1);

function groupsTable(results: SweepResults): Html {
  const { groups, columns, judgedBy, figure } = results;
  const names = columns.filter((name) => name !== 'seed');
  const splits = (['train', 'validation', 'test'] as const).filter((split) =>
    groups.some((group) => scoresOf(group, split).length > 0),
  );
  return table({
    caption: `mean ± sample standard deviation over the runs of a group, which differ in their seed; ranked by ${judgedBy} rows alone`,
    columns: [
      'rank',
      ...names.map((words) => ({ words })),
      'runs',
      ...splits.map((split) => `${splitNames[split]} ${figure}`),
      `${judgedBy} loss`,
    ],
    rows: groups.map((group, i) => [
      group.score && i + 1,
      ...names.map((name) => valueText(group.varied[name])),
      `${group.trials.filter(({ result }) => result?.status === 'complete').length} of ${group.trials.length}`,
      ...splits.map((split) => {
        const scores = scoresOf(group, split);
        return scores.length > 0 && scoreText(results, spreadOf(scores));
      }),
      group.loss && withDeviation(group.loss, 1, 4),
    ]),
  });
}

const scoresOf = ({ trials }: Group, split: 'train' | 'validation' | 'test'): number[] =>
  trials.flatMap(({ result }) => {
    const score = result?.metrics?.[split];
    return score ? [headlineOf(score).value] : [];
  });

function failures({ trials, columns }: SweepResults): Html | undefined {
  const failed = trials.filter(({ result }) => result && result.status !== 'complete');
  if (failed.length === 0) return undefined;
  return html`<h2>What did not complete</h2>
    ${table({
      columns: ['trial', { words: 'status' }, { words: 'why' }],
      rows: failed.map(({ trial, result }) => [
        columns.map((name) => `${name} ${valueText(trial.varied[name])}`).join(', '),
        result!.status,
        result!.message,
      ]),
    })}`;
}

/** As many as there are colors to tell apart. */
const maxCurves = 7;

/** By epoch or step the loss of the best groups, mean over their seeds. */
export function lossCurves({ groups, judgedBy }: SweepResults): Chart {
  const shown = groups.filter(({ score }) => score).slice(0, maxCurves);
  const [key, what] =
    judgedBy === 'validation'
      ? (['validationLoss', 'validation loss'] as const)
      : (['loss', 'training loss'] as const);
  const best = groups.length > shown.length ? `, the best ${shown.length}` : '';
  const x = timeAxis(shown.flatMap(({ trials }) => trials.map(({ result }) => result?.history ?? [])));
  return {
    title: `Mean ${what}${best}`,
    x,
    y: { label: what, min: 0 },
    series: shown.map((group) => ({
      name: shortened(group.name),
      points: meanCurve(group, key, x.label),
    })),
  };
}

function meanCurve(
  { trials }: Group,
  key: 'loss' | 'validationLoss',
  unit: 'epoch' | 'step',
): [x: number, loss: number][] {
  const byTime = new Map<number, number[]>();
  const all = trials.flatMap(({ result }) => historyPoints(result?.history ?? [], key, 1, unit));
  for (const [x, loss] of all) byTime.set(x, [...(byTime.get(x) ?? []), loss]);
  return [...byTime].sort(([a], [b]) => a - b).map(([x, losses]) => [x, spreadOf(losses).mean]);
}

/** Accuracy over the setting that was drawn from a range; undefined where none was. */
export function accuracyOfDraws({ groups, definition, judgedBy, figure }: SweepResults): Chart | undefined {
  const [name, range] =
    Object.entries(definition.random?.from ?? {}).find(([, choice]) => !Array.isArray(choice)) ?? [];
  if (name === undefined || range === undefined || Array.isArray(range)) return undefined;
  const drawn = groups.filter(({ score }) => score);
  const isShare = figure === 'accuracy';
  return {
    title: `${titleOf(figure)} on the ${judgedBy} rows`,
    x: { label: name, min: range.low, max: range.high, logarithmic: range.low > 0 },
    y: isShare ? { label: 'accuracy in %', max: 100 } : { label: figure, ...(figure === 'R²' && { max: 1 }) },
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
export function accuracyMap({ trials, columns, groups, judgedBy, figure }: SweepResults): HeatMap {
  const varied = columns
    .filter((name) => name !== 'seed')
    .map((name) => ({ name, values: valuesOf(trials.map(({ trial }) => trial.varied[name])) }))
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.values.length - a.values.length);
  const nothing = { name: '', values: [''] };
  const [down = { name: '', values: ['all'] }, across = nothing, ...rest] = varied;
  const lies = (group: Group, { name }: typeof nothing, value: string): boolean =>
    name === '' || valueText(group.varied[name]) === value;
  const mean = rest.length > 0 ? `, mean over ${rest.map(({ name }) => name).join(', ')}` : '';
  return {
    title: `${figure === 'R²' ? '100·R²' : titleOf(figure)} on the ${judgedBy} rows${figure === 'accuracy' ? ' in %' : ''}${mean}`,
    rowName: down.name,
    columnName: across.name,
    rows: down.values,
    columns: across.values,
    cells: down.values.map((y) =>
      across.values.map((x) =>
        meanOrWhyNone(
          groups.filter((one) => lies(one, down, y) && lies(one, across, x)),
          figure === 'loss' ? 1 : 100,
        ),
      ),
    ),
  };
}

const valuesOf = (values: Group['varied'][string][]): string[] => {
  const numbers = values.every((value) => typeof value === 'number');
  return [...new Set((numbers ? [...values].sort((a, b) => a - b) : values).map(valueText))];
};

function meanOrWhyNone(groups: Group[], factor: number): number | string {
  const means = groups.flatMap(({ score }) => score?.mean ?? []);
  if (means.length > 0) return factor * spreadOf(means).mean;
  const statuses = groups.flatMap(({ trials }) => trials.map(({ result }) => result?.status));
  return statuses.includes('diverged') ? 'diverged' : groups.length > 0 ? 'none' : '';
}

/** Writes results.csv, results.json, report.html and the two pictures as SVG and PNG. */
export async function writeResults(directory: string, results: SweepResults): Promise<void> {
  const write = (name: string, content: string | Uint8Array) =>
    writeFileAtomically(join(directory, name), content);
  await write('results.csv', resultsCsv(results));
  await write('results.json', resultsJson(results));
  await write('report.html', await sweepReport(results));
  const { title, model } = results.definition;
  const titled = (what: string) => `${shortened(title ?? model)}: ${what}`;
  const [draws, map, curves] = [accuracyOfDraws(results), accuracyMap(results), lossCurves(results)];
  const pictures = {
    accuracy: draws
      ? await drawCharts(titled(draws.title), [draws])
      : await drawHeatMap({ ...map, title: titled(map.title) }),
    curves: await drawCharts(titled(curves.title), [curves]),
  };
  for (const [name, svg] of Object.entries(pictures)) {
    await write(`${name}.svg`, svg);
    await write(`${name}.png`, await toPng(svg));
  }
}
