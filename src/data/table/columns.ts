/**
 * From cells to inputs of a network: numbers standardized, categories one-hot.
 */
import type { TableInput } from '../dataset.ts';
import { fitStandardizer } from '../standardize.ts';
import { compareValues, indexIn, losesDigits, notationOf } from './cells.ts';
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
    const cells = {
      number: (k: number) => found[k].numbers[row],
      text: (k: number) => textAt(found[k], row),
    };
    encodeRow(columns, cells, where, inputs, i * features);
  }
  return inputs;
}

const maxCategories = 100;
/** A smaller column says too little of what its texts are. */
const fewTexts = 5;

/**
 * @param rows that take part: their texts are the categories
 * @param train those of them that train, by which numbers are standardized and missing cells filled
 * @param isForced whether the user says that the column is categorical
 * @throws InputError for a text among numbers, an empty column, numbers in another notation, or too many texts
 */
export function learnInput(
  table: Table,
  column: TableColumn,
  rows: Int32Array,
  train: Int32Array,
  fill: boolean,
  isForced: boolean,
): TableInput {
  const { name, numbers } = column;
  const { numbersFound, textsFound } = kindsIn(column, rows);
  if (numbersFound + textsFound === 0) {
    throw new InputError(`${table.name}: column ${quoted(name)} is empty; leave it out with --drop-columns.`);
  }
  if (!isForced && textsFound > 0) {
    const option = quoted(name);
    const advice = `leave the column out with --drop-columns ${option}, or take its cells as texts with --categories ${option}`;
    checkTexts(table, column, rows, advice);
    if (numbersFound > textsFound) {
      const row = rows.find((one) => isTextAt(column, one))!;
      throw new InputError(
        `${table.name}, ${table.placeOf(row)}, column ${quoted(name)}: ${quoted(textAt(column, row)!)} is not a number; ` +
          `--categories ${quoted(name)} takes the column as texts.`,
      );
    }
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
  const found = numbersFound + textsFound;
  if (!isForced && counts.size >= fewTexts && counts.size > 0.75 * found) {
    throw new InputError(
      `${table.name}: column ${quoted(name)} has ${counts.size} distinct texts in ${found} rows, like names; ` +
        `leave it out with --drop-columns, or take them as categories with --categories ${quoted(name)}.`,
    );
  }
  for (const row of train) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, counts.get(text)! + 1);
  }
  const categories = [...counts.keys()].sort(compareValues);
  const mostFrequent = categories.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best));
  return { name, categories, ...(fill && { fill: mostFrequent }) };
}

/** Whether a cell is neither a number nor missing. */
export const isTextAt = (column: TableColumn, row: number): boolean =>
  (column.isText || Number.isNaN(column.numbers[row])) && textAt(column, row) !== undefined;

/**
 * @param advice what else can be done
 * @throws InputError if most texts of a column are numbers in another notation, which would become one category each
 */
export function checkTexts(table: Table, column: TableColumn, rows: Int32Array, advice: string): void {
  if (column.isText) return;
  const texts = rows.filter((row) => isTextAt(column, row));
  const foreign = texts.filter((row) => notationOf(textAt(column, row)!) !== undefined);
  if (foreign.length <= texts.length / 2) return;
  const [row] = foreign;
  const text = textAt(column, row)!;
  const decimal = text.includes(',') ? ', read decimal commas with --decimal ,' : '';
  throw new InputError(
    `${table.name}, ${table.placeOf(row)}, column ${quoted(column.name)}: ${quoted(text)} is not a number in plain notation ` +
      `(${notationOf(text)!}); write numbers as 1234.5${decimal}, ${advice}.`,
  );
}

/** What the user should know of a column that is taken as numbers. */
export function noteOf(table: Table, { name, texts }: TableColumn): string | undefined {
  const example = texts.find((text) => losesDigits(text.trim()));
  if (example === undefined) return undefined;
  return (
    `Column ${quoted(name)} of ${table.name} is read as numbers, and ${quoted(example)} becomes ${Number(example)}. ` +
    `If its cells are identifiers, use --drop-columns ${quoted(name)} or --categories ${quoted(name)}.`
  );
}

// In loops, for a table may have millions of rows, and a call for each cell takes longer than the rest.

function kindsIn(column: TableColumn, rows: Int32Array) {
  const { numbers, codes, isText } = column;
  let [numbersFound, textsFound] = [0, 0];
  for (const row of rows) {
    if (!isText && !Number.isNaN(numbers[row])) numbersFound++;
    else if ((isText || codes[row] >= 0) && textAt(column, row) !== undefined) textsFound++;
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
