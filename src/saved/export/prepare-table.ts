/**
 * Rows of a table as numbers, and what a network makes of them in plain steps. A cell of a category counts as the number
 * of its category, from 0; the texts themselves are looked up where a format has texts.
 */
import type { Preprocessing, TableInput } from '../../core/data/dataset.ts';
import { anyRows, largestEnd, type GraphBuilder } from './graph.ts';

/** A cell as a user gives it. */
export type Cell = number | string;

/** Cells as numbers. @param row that the model takes */
export const codesOf = (preprocessing: Preprocessing, row: readonly Cell[]): number[] =>
  preprocessing.kind === 'table'
    ? row.map((cell, i) => codeOf(preprocessing.columns[i], cell))
    : row.map(Number);

const codeOf = (column: TableInput, cell: Cell): number =>
  'categories' in column ? column.categories.indexOf(String(cell)) : Number(cell);

/** Appends what brings codes to what the first layer takes. @returns its name */
export function prepareTable(builder: GraphBuilder, columns: readonly TableInput[]): string {
  const parts: string[] = [];
  for (let start = 0; start < columns.length;) {
    const first = columns[start];
    let end = start + 1;
    if (!('categories' in first)) while (end < columns.length && !('categories' in columns[end])) end++;
    const shape = [anyRows, end - start];
    const cells =
      shape[1] === columns.length
        ? builder.input
        : builder.add('slice', [builder.input], shape, { begin: [0, start], end: [largestEnd, end] });
    parts.push(
      'categories' in first
        ? oneHot(builder, cells, first.categories.length)
        : standardised(builder, cells, columns.slice(start, end) as { mean: number; scale: number }[]),
    );
    start = end;
  }
  if (parts.length === 1) return builder.rename(parts[0], 'prepared');
  const width = parts.reduce((sum, part) => sum + builder.shapes[part][1], 0);
  return builder.add('concat', parts, [anyRows, width], { axis: 1 }, 'prepared');
}

function oneHot(builder: GraphBuilder, cells: string, count: number): string {
  const values = Float64Array.from({ length: count }, (_, k) => k);
  const codes = builder.constant('codes', { shape: [count], values });
  return builder.add('equal', [cells, codes], [anyRows, count]);
}

function standardised(
  builder: GraphBuilder,
  cells: string,
  columns: readonly { mean: number; scale: number }[],
): string {
  const vector = (name: 'mean' | 'scale') =>
    builder.constant(`${name}s`, {
      shape: [columns.length],
      values: Float64Array.from(columns, (column) => column[name]),
    });
  const shape = [anyRows, columns.length];
  const centred = builder.add('subtract', [cells, vector('mean')], shape);
  const result = builder.add('divide', [centred, vector('scale')], shape);
  for (const step of builder.steps.slice(-2)) step.needsDouble = true;
  return result;
}
