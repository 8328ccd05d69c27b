/**
 * From cells to what a network sees: numbers standardised, categories as a 1 among 0s.
 */
import type { TableInput } from '../dataset.ts';
import { InputError } from '../../utils/errors.ts';
import { cellAt, columnNamed, quoted, type Table } from './table.ts';

/** Numbers that a row becomes. */
export const featuresOf = (columns: readonly TableInput[]): number =>
  columns.reduce((sum, column) => sum + ('categories' in column ? column.categories.length : 1), 0);

/** What each of these numbers is called: `age`, `colour = red`. */
export const featureNames = (columns: readonly TableInput[]): string[] =>
  columns.flatMap((column) =>
    'categories' in column ? column.categories.map((name) => `${column.name} = ${name}`) : [column.name],
  );

/**
 * One row, written into `into` from `at` on, which holds zeros.
 *
 * @param valueOf the value of the column numbered so; NaN where it is missing
 * @param where of the row, for messages
 * @throws InputError for a missing cell where none may be, a text where numbers are, or a category that training did not know
 */
export function encodeRow(
  columns: readonly TableInput[],
  valueOf: (column: number) => number | string,
  where: () => string,
  into: Float64Array,
  at: number,
): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    const found = valueOf(i);
    const value = Number.isNaN(found) ? (column.fill ?? found) : found;
    if ('categories' in column) {
      const place = column.categories.indexOf(String(value));
      if (place < 0) throw unfit(column, value, where());
      into[at + place] = 1;
      at += column.categories.length;
    } else {
      if (typeof value !== 'number' || !Number.isFinite(value)) throw unfit(column, value, where());
      into[at++] = (value - column.mean) / column.scale;
    }
  }
}

function unfit(column: TableInput, value: number | string, where: string): InputError {
  const place = `${where}, column ${quoted(column.name)}`;
  if (Number.isNaN(value)) {
    return new InputError(
      `${place}: the cell is missing; train with --missing mean to fill such cells, or drop to leave their rows out.`,
    );
  }
  const shown = quoted(String(value));
  if (!('categories' in column)) return new InputError(`${place}: ${shown} is no finite number.`);
  const known = column.categories.slice(0, 10).map(quoted).join(', ');
  const more = column.categories.length > 10 ? ', …' : '';
  return new InputError(
    `${place}: ${shown} is a category that training did not know; it knew ${known}${more}.`,
  );
}

/**
 * Rows of a table, in the order of `rows`.
 *
 * @returns `[rows, features]`
 * @throws InputError where the table lacks a column, or as {@link encodeRow}
 */
export function encodeTable(
  table: Table,
  columns: readonly TableInput[],
  rows: ArrayLike<number>,
): Float64Array {
  const features = featuresOf(columns);
  const found = columns.map(({ name }) => columnNamed(table, name, 'which the model takes'));
  const inputs = new Float64Array(rows.length * features);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const where = () => `${table.name}, ${table.placeOf(row)}`;
    encodeRow(columns, (k) => cellAt(found[k], row), where, inputs, i * features);
  }
  return inputs;
}
