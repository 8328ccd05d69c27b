/**
 * What a column is to a network, learned from its cells: numbers or categories. Numbers in another notation are rejected.
 */
import type { TableInput } from '../dataset.ts';
import { fitStandardizer } from '../standardize.ts';
import { compareValues, losesDigits } from './cells.ts';
import { notationOf } from './notations.ts';
import { quoted, type Table, type TableColumn, textAt } from './table.ts';
import { InputError } from '../../utils/errors.ts';

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
