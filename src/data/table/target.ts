/**
 * What a column holds to be predicted: classes, or numbers.
 */
import type { Labels, TargetScale } from '../dataset.ts';
import { targetScaleOf } from '../standardize.ts';
import { quoted, type Table, type TableColumn, textAt } from './table.ts';
import { InputError } from '../../utils/errors.ts';

const mostClasses = 256;
/** More different whole numbers are taken for an amount. */
const mostNumberedClasses = 20;

export interface Answers {
  /** Of the rows kept, in their order. */
  labels: Labels;
  /** Of the classes, or of the target alone. */
  names: string[];
  /** Of a regression, from the rows that train. */
  scale?: (train: Int32Array) => TargetScale;
}

/**
 * @param task as the user says, or by what the column holds: texts and few whole numbers are classes
 * @throws InputError for an answer that is missing or of the wrong kind, one class only, or too many
 */
export function answersOf(
  table: Table,
  column: TableColumn,
  rows: Int32Array,
  task?: 'classification' | 'regression',
): Answers {
  const where = (row: number) => `${table.name}, ${table.placeOf(row)}, column ${quoted(column.name)}`;
  const texts = Array.from(rows, (row) => {
    const text = textAt(column, row);
    if (text !== undefined) return text;
    throw new InputError(`${where(row)}: the answer is missing; --missing drop leaves such rows out.`);
  });
  const different = new Set(texts);
  const numbers = rows.filter((row) => !Number.isNaN(column.numbers[row])).length;
  const isAmount =
    numbers > rows.length / 2 && (different.size > mostNumberedClasses || !allWhole(column, rows));
  const isNumber = task === undefined ? isAmount : task === 'regression';
  if (isNumber) {
    const odd = rows.findIndex((row) => !Number.isFinite(column.numbers[row]));
    if (odd >= 0) {
      throw new InputError(
        `${where(rows[odd])}: ${quoted(texts[odd])} is no finite number; --task classification takes the column as classes.`,
      );
    }
    const labels = Float64Array.from(rows, (row) => column.numbers[row]);
    if (different.size === 1) {
      throw new InputError(
        `${table.name}: every ${quoted(column.name)} is ${texts[0]}, so there is nothing to learn.`,
      );
    }
    return {
      labels,
      names: [column.name],
      scale: (train) => targetScaleOf(Float64Array.from(train, (place) => labels[place])),
    };
  }
  if (different.size < 2) {
    throw new InputError(
      `${table.name}: column ${quoted(column.name)} has one class only, ${quoted(texts[0])}; to tell classes apart takes two.`,
    );
  }
  if (different.size > mostClasses) {
    throw new InputError(
      `${table.name}: column ${quoted(column.name)} has ${different.size} classes, at most ${mostClasses} are told apart` +
        `${numbers === rows.length ? '; --task regression predicts a number' : ''}.`,
    );
  }
  const values = [...different].sort(inOrder);
  const places = new Map(values.map((value, label) => [value, label]));
  return {
    labels: Uint8Array.from(texts, (text) => places.get(text)!),
    names: values.map((value) => namesOf(table, column)?.[Number(value)] ?? value),
  };
}

/** Of classes that the file numbers and names. */
export const namesOf = ({ classNames }: Table, { name }: TableColumn): readonly string[] | undefined =>
  classNames?.column === name ? classNames.names : undefined;

const allWhole = ({ numbers }: TableColumn, rows: Int32Array): boolean =>
  rows.every((row) => Number.isNaN(numbers[row]) || Number.isInteger(numbers[row]));

/** Numbers by their size and before texts, these letter by letter: the same order on every machine. */
export function inOrder(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}
