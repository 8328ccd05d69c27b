/**
 * From cells to inputs of a network: numbers standardized, categories one-hot.
 */
import type { TableInput } from '../dataset.ts';
import { indexIn } from './cells.ts';
import { columnNamed, quoted, type Table, type TableColumn, textAt } from './table.ts';
import { InputError } from '../../utils/errors.ts';

/** The number of inputs that a row becomes. */
export const featuresOf = (columns: readonly TableInput[]): number =>
  columns.reduce((sum, column) => sum + ('categories' in column ? column.categories.length : 1), 0);

/** The cells of one row, by the places of their columns. */
export interface RowCells {
  /** NaN where the cell is a text or missing. */
  number(column: number): number;
  /** Without the space around it; undefined where the cell is missing. */
  text(column: number): string | undefined;
}

/**
 * Writes one row into `into` from `at` on, where there are zeros.
 *
 * @param where of the row, for messages
 * @throws InputError for a missing cell where none may be, a text where numbers are, or an unknown category
 */
export function encodeRow(
  columns: readonly TableInput[],
  cells: RowCells,
  where: () => string,
  into: Float64Array,
  at: number,
): void {
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i];
    const number = cells.number(i);
    if ('categories' in column) {
      const text = cells.text(i) ?? column.fill;
      const place = text === undefined ? -1 : indexIn(column.categories, text, number);
      if (place < 0) throw unfit(column, text, where());
      into[at + place] = 1;
      at += column.categories.length;
    } else {
      const isFilled = Number.isNaN(number) && column.fill !== undefined && cells.text(i) === undefined;
      const value = isFilled ? column.fill! : number;
      if (!Number.isFinite(value)) throw unfit(column, cells.text(i), where());
      into[at++] = (value - column.mean) / column.scale;
    }
  }
}

function unfit(column: TableInput, text: string | undefined, where: string): InputError {
  const place = `${where}, column ${quoted(column.name)}`;
  if (text === undefined) {
    return new InputError(
      `${place}: the cell is missing; train with --missing mean to fill such cells, or drop to leave their rows out.`,
    );
  }
  const shown = quoted(text);
  if (!('categories' in column)) return new InputError(`${place}: ${shown} is not a finite number.`);
  const known = column.categories.slice(0, 10).map(quoted).join(', ');
  const more = column.categories.length > 10 ? ', …' : '';
  return new InputError(`${place}: ${shown} is an unknown category; training had ${known}${more}.`);
}

/** @throws InputError if the table lacks a column */
export const checkColumns = (table: Table, columns: readonly TableInput[]): TableColumn[] =>
  columns.map(({ name }) => columnNamed(table, name, 'which the model takes'));

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
  const found = checkColumns(table, columns);
  const inputs = new Float64Array(rows.length * features);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    const where = () => `${table.name}, ${table.placeOf(row)}`;
    const cells = {
      number: (k: number) => found[k].numbers[row],
      text: (k: number) => textAt(found[k], row),
    };
    encodeRow(columns, cells, where, inputs, i * features);
  }
  return inputs;
}
