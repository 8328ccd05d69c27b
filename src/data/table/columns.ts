/**
 * From cells to inputs of a network: numbers standardized, categories one-hot.
 */
import type { TableInput } from '../dataset.ts';
import { fitStandardizer } from '../standardize.ts';
import { compareValues } from './target.ts';
import { cellAt, columnNamed, quoted, type Table, type TableColumn, textAt } from './table.ts';
import { InputError } from '../../utils/errors.ts';

/** The number of inputs that a row becomes. */
export const featuresOf = (columns: readonly TableInput[]): number =>
  columns.reduce((sum, column) => sum + ('categories' in column ? column.categories.length : 1), 0);

/**
 * Writes one row into `into` from `at` on, where there are zeros.
 *
 * @param valueOf the value of the column numbered so; NaN where it is missing
 * @param where of the row, for messages
 * @throws InputError for a missing cell where none may be, a text where numbers are, or an unknown category
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
  if (!('categories' in column)) return new InputError(`${place}: ${shown} is not a finite number.`);
  const known = column.categories.slice(0, 10).map(quoted).join(', ');
  const more = column.categories.length > 10 ? ', …' : '';
  return new InputError(`${place}: ${shown} is an unknown category; training had ${known}${more}.`);
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

const maxCategories = 100;

/**
 * @param rows that take part: their texts are the categories
 * @param train those of them that train, by which numbers are standardized and missing cells filled
 * @throws InputError for a text among numbers, an empty column, or one of too many texts
 */
export function learnInput(
  table: Table,
  column: TableColumn,
  rows: Int32Array,
  train: Int32Array,
  fill: boolean,
  isForced: boolean,
): TableInput {
  const { name, numbers, codes } = column;
  const { numbersFound, textsFound } = kindsIn(column, rows);
  if (numbersFound + textsFound === 0) {
    throw new InputError(`${table.name}: column ${quoted(name)} is empty; leave it out with --drop-columns.`);
  }
  if (textsFound > 0 && numbersFound > textsFound && !isForced) {
    const row = rows.find((one) => codes[one] >= 0)!;
    throw new InputError(
      `${table.name}, ${table.placeOf(row)}, column ${quoted(name)}: ${quoted(textAt(column, row)!)} is not a number; ` +
        `--categories ${quoted(name)} takes the column as texts.`,
    );
  }
  if (textsFound === 0 && !isForced) {
    const values = numbersIn(column, train);
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new InputError(
        `${table.name}, ${table.placeOf(train.find((row) => numbers[row] === values[bad])!)}, column ${quoted(name)}: the number is too large.`,
      );
    }
    if (values.length === 0) {
      throw new InputError(
        `${table.name}: column ${quoted(name)} is empty in the training rows; leave it out with --drop-columns.`,
      );
    }
    const { mean, scale } = fitStandardizer(values, 1);
    return { name, mean: mean[0], scale: scale[0], ...(fill && { fill: mean[0] }) };
  }
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, 0);
    if (counts.size > maxCategories) {
      throw new InputError(
        `${table.name}: column ${quoted(name)} has more than ${maxCategories} distinct texts, like names; ` +
          'leave it out with --drop-columns.',
      );
    }
  }
  for (const row of train) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, counts.get(text)! + 1);
  }
  const categories = [...counts.keys()].sort(compareValues);
  const mostFrequent = categories.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best));
  return { name, categories, ...(fill && { fill: mostFrequent }) };
}

// In loops, for a table may have millions of rows, and a call for each cell takes longer than the rest.

function kindsIn({ numbers, codes }: TableColumn, rows: Int32Array) {
  let [numbersFound, textsFound] = [0, 0];
  for (const row of rows) {
    if (codes[row] >= 0) textsFound++;
    else if (!Number.isNaN(numbers[row])) numbersFound++;
  }
  return { numbersFound, textsFound };
}

/** What is not missing. */
function numbersIn({ numbers }: TableColumn, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  let found = 0;
  for (const row of rows) if (!Number.isNaN(numbers[row])) values[found++] = numbers[row];
  return values.subarray(0, found);
}
