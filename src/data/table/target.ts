/**
 * The column to predict: classes or numbers, and the labels of its rows.
 */
import type { Labels } from '../dataset.ts';
import { quoted, type Table, type TableColumn, textAt } from './table.ts';
import { InputError } from '../../utils/errors.ts';

const maxClasses = 256;
/** A column with more distinct integers is taken as a quantity. */
const maxIntegerClasses = 20;

export interface Target {
  /** `[rows]`, in the order of the rows. */
  labels: Labels;
  /** Of the classes; for regression one name alone, that of the column. */
  classNames: string[];
}

const labelError = (table: Table, column: TableColumn, row: number, problem: string): InputError =>
  new InputError(`${table.name}, ${table.placeOf(row)}, column ${quoted(column.name)}: ${problem}.`);

/**
 * The number of the class of each row, or for regression (one class name alone) the value itself.
 *
 * @param advice continues the sentence about a value that is not a number
 * @throws InputError for a missing value, an unknown class, or a value that is not a number
 */
export function labelsOf(
  table: Table,
  column: TableColumn,
  rows: Int32Array,
  classNames: readonly string[],
  advice = '',
): Labels {
  const isRegression = classNames.length === 1;
  const labels = isRegression ? new Float64Array(rows.length) : new Uint8Array(rows.length);
  const known = new Map(classNames.map((name, label) => [name, label]));
  rows.forEach((row, i) => {
    const text = textAt(column, row);
    if (text === undefined) throw labelError(table, column, row, 'the target is missing');
    const label = isRegression ? column.numbers[row] : known.get(classOf(table, column, text));
    if (isRegression && !Number.isFinite(label))
      throw labelError(table, column, row, `${quoted(text)} is not a finite number${advice}`);
    if (label === undefined) {
      const names = classNames.slice(0, 10).map(quoted).join(', ');
      throw labelError(table, column, row, `${quoted(text)} is an unknown class; training had ${names}`);
    }
    labels[i] = label;
  });
  return labels;
}

/**
 * @param task default: texts and few distinct integers are classes, other numbers are predicted
 * @throws InputError for a missing value, one of the wrong kind, only one class, or too many
 */
export function learnTarget(
  table: Table,
  column: TableColumn,
  rows: Int32Array,
  task?: 'classification' | 'regression',
): Target {
  const { name, numbers } = column;
  const distinct = new Set<string>();
  for (const row of rows) {
    const text = textAt(column, row);
    if (text === undefined)
      throw labelError(table, column, row, 'the target is missing; --missing drop leaves such rows out');
    distinct.add(text);
  }
  const found = rows.filter((row) => !Number.isNaN(numbers[row]));
  const isQuantity =
    found.length > rows.length / 2 &&
    (distinct.size > maxIntegerClasses || !found.every((row) => Number.isInteger(numbers[row])));
  if (task === undefined ? isQuantity : task === 'regression') {
    const labels = labelsOf(
      table,
      column,
      rows,
      [name],
      '; --task classification takes the column as classes',
    );
    if (distinct.size > 1) return { labels, classNames: [name] };
    throw new InputError(
      `${table.name}: every ${quoted(name)} is ${labels[0]}, so there is nothing to learn.`,
    );
  }
  const values = [...distinct].sort(compareValues);
  if (values.length < 2) {
    throw new InputError(
      `${table.name}: column ${quoted(name)} has only one class, ${quoted(values[0])}; classification needs at least two.`,
    );
  }
  if (values.length > maxClasses) {
    throw new InputError(
      `${table.name}: column ${quoted(name)} has ${values.length} classes; the maximum is ${maxClasses}` +
        `${found.length === rows.length ? '. --task regression predicts a number' : ''}.`,
    );
  }
  const classNames = values.map((value) => classOf(table, column, value));
  return { labels: labelsOf(table, column, rows, classNames), classNames };
}

/** The name of a class, which the file may number. */
const classOf = ({ classNames }: Table, { name }: TableColumn, text: string): string =>
  (classNames?.column === name ? classNames.names[Number(text)] : undefined) ?? text;

/** Numbers by value and before texts, texts by code unit: the same order on every machine. */
export function compareValues(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
}
