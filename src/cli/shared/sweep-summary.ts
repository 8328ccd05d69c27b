import {
  commandFor,
  countsOf,
  scoreText,
  sourcesOf,
  valueText,
  type SweepResults,
} from '../../runs/sweep/results.ts';
import { left, right, tableText } from '../../utils/text.ts';

const mostGroups = 20;

/** The groups of a sweep from best to worst, and where the results are. */
export function summaryOf(results: SweepResults, directory: string): string {
  const { groups, columns, judgedBy, figure } = results;
  const { cells, complete, diverged, failed, missing } = countsOf(results);
  const names = columns.filter((name) => name !== 'seed');
  const rows = groups
    .slice(0, mostGroups)
    .map(({ varied, cells, score, loss }) => [
      ...names.map((name) => valueText(varied[name])),
      `${cells.filter(({ result }) => result?.status === 'complete').length}/${cells.length}`,
      score ? scoreText(results, score) : '–',
      loss ? loss.mean.toPrecision(4) : '–',
    ]);
  const table = tableText([...left(...names), ...right('runs', `${judgedBy} ${figure}`, 'loss')], rows);
  const others = [
    diverged ? `, ${diverged} diverged` : '',
    failed ? `, ${failed} failed` : '',
    missing ? `, ${missing} missing` : '',
  ].join('');
  const sources = sourcesOf(results);
  return [
    table,
    ...(groups.length > mostGroups ? [`and ${groups.length - mostGroups} more`] : []),
    ...(groups[0]?.score ? ['', `best again: ${commandFor(results, groups[0])}`] : []),
    ...(sources.length > 1
      ? ['', `Note: the cells were trained on data of ${sources.length} sources: ${sources.join(', ')}.`]
      : []),
    '',
    `${complete} of ${cells} cells complete${others}`,
    `results in ${directory}: report.html, results.csv, results.json`,
  ].join('\n');
}
