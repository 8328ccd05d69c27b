/**
 * A sweep's results for other programs: CSV, one line a cell, and JSON.
 */
import { headlineOf } from '../../evaluation/metrics.ts';
import { csvText } from '../../data/formats/write-csv.ts';
import { formatJson } from '../../weights/json.ts';
import { commandFor, countsOf, valueText, type Group, type Spread, type SweepResults } from './results.ts';

export function resultsCsv({ cells, columns, figure }: SweepResults): string {
  const header = [
    'id',
    ...columns,
    ...['status', 'epochs', 'seconds'],
    ...['train', 'validation', 'test'].flatMap((split) => [
      `${split}Loss`,
      figure === 'accuracy' ? `${split}Accuracy` : `${split}R2`,
    ]),
    ...['backend', 'source', 'message'],
  ];
  const lines = cells.map(({ cell, result }) => [
    cell.id,
    ...columns.map((name) => valueText(cell.varied[name])),
    result?.status ?? 'missing',
    result?.epochs,
    result?.seconds,
    ...(['train', 'validation', 'test'] as const).flatMap((split) => {
      const score = result?.metrics?.[split];
      return [score?.loss, score && headlineOf(score).value];
    }),
    result?.backend,
    result?.dataset?.source,
    result?.message,
  ]);
  return csvText([header, ...lines]);
}

/** What results.json holds, and the command prints under `--json`, but for the curves. */
export function resultsDocument(results: SweepResults) {
  const { definition, cells, judgedBy, groups, figure } = results;
  const score = ({ score }: Group): { accuracy?: Spread; r2?: Spread } =>
    figure === 'accuracy' ? { accuracy: score } : { r2: score };
  const group = (one: Group) => ({
    varied: one.varied,
    cells: one.cells.length,
    complete: one.cells.filter(({ result }) => result?.status === 'complete').length,
    ...score(one),
    loss: one.loss,
  });
  return {
    title: definition.title,
    model: definition.model,
    counts: countsOf(results),
    judgedBy,
    best: groups[0]?.score && { ...group(groups[0]), command: commandFor(results, groups[0]) },
    groups: groups.map(group),
    cells: cells.map(({ cell, result }) => {
      const { history: _, id: __, ...rest } = result ?? { status: 'missing' as const, id: '', history: [] };
      return { id: cell.id, varied: cell.varied, ...rest };
    }),
  };
}

export const resultsJson = (results: SweepResults): string =>
  formatJson({ format: 'backprop-zoo/sweep-results', version: 1, ...resultsDocument(results) });
