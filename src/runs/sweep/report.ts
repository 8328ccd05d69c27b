/**
 * A sweep's report: one HTML file that needs nothing else.
 */
import { chart } from '../../reports/chart.ts';
import { html, type Html, page, heatTable, table } from '../../reports/html.ts';
import { headlineOf } from '../../evaluation/metrics.ts';
import { splitNames } from '../../reports/scores.ts';
import { accuracyMap, accuracyOfDraws, lossCurves } from './pictures.ts';
import {
  commandFor,
  countsOf,
  sourcesOf,
  spreadOf,
  valueText,
  type Group,
  type SweepResults,
  scoreText,
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
          (name) => (counts[name] > 0 || name === 'complete') && box(name, counts[name]),
        )}
      </div>
      ${
        best?.score &&
        html`<h2>Best settings</h2>
          <p>${best.name}. This trains the first of them again:</p>
          <pre>${commandFor(results, best)}</pre>`
      }
      <h2>${figure === 'accuracy' ? 'Accuracy' : figure}</h2>
      ${draws ? chart({ ...draws, hover: 'point' }) : heatTable(accuracyMap(results))}
      <h2>Loss by epoch</h2>
      ${chart({ ...lossCurves(results), mayBeLogarithmic: true })}
      <h2>Groups, from best to worst</h2>
      ${groupsTable(results)} ${failures(results)}
      <h2>Definition</h2>
      <pre>${JSON.stringify(definition, null, 2)}</pre>`,
  );
}

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
      `${group.cells.filter(({ result }) => result?.status === 'complete').length} of ${group.cells.length}`,
      ...splits.map((split) => {
        const scores = scoresOf(group, split);
        return scores.length > 0 && scoreText(results, spreadOf(scores));
      }),
      group.loss && withDeviation(group.loss, 1, 4),
    ]),
  });
}

const scoresOf = ({ cells }: Group, split: 'train' | 'validation' | 'test'): number[] =>
  cells.flatMap(({ result }) => {
    const score = result?.metrics?.[split];
    return score ? [headlineOf(score).value] : [];
  });

function failures({ cells, columns }: SweepResults): Html | undefined {
  const failed = cells.filter(({ result }) => result && result.status !== 'complete');
  if (failed.length === 0) return undefined;
  return html`<h2>What did not complete</h2>
    ${table({
      columns: ['cell', { words: 'status' }, { words: 'why' }],
      rows: failed.map(({ cell, result }) => [
        columns.map((name) => `${name} ${valueText(cell.varied[name])}`).join(', '),
        result!.status,
        result!.message,
      ]),
    })}`;
}
