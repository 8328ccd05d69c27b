/**
 * How a column becomes inputs of a network, found out from a table.
 */
import type { TableInput } from '../dataset.ts';
import { InputError } from '../../utils/errors.ts';
import { fitStandardiser } from '../standardise.ts';
import { inOrder } from './answers.ts';
import { quoted, textAt, type Table, type TableColumn } from './table.ts';

const mostCategories = 100;

/**
 * @param rows that take part: their texts are the categories
 * @param train those of them that train, by which numbers are standardised and missing cells filled
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
      `${table.name}, ${table.placeOf(row)}, column ${quoted(name)}: ${quoted(textAt(column, row)!)} is no number; ` +
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
    const { mean, scale } = fitStandardiser(values, 1);
    return { name, mean: mean[0], scale: scale[0], ...(fill && { fill: mean[0] }) };
  }
  const counts = new Map<string, number>();
  for (const row of rows) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, 0);
    if (counts.size > mostCategories) {
      throw new InputError(
        `${table.name}: column ${quoted(name)} has more than ${mostCategories} different texts, as names have; ` +
          'leave it out with --drop-columns.',
      );
    }
  }
  for (const row of train) {
    const text = textAt(column, row);
    if (text !== undefined) counts.set(text, counts.get(text)! + 1);
  }
  const categories = [...counts.keys()].sort(inOrder);
  const commonest = categories.reduce((best, one) => (counts.get(one)! > counts.get(best)! ? one : best));
  return { name, categories, ...(fill && { fill: commonest }) };
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
