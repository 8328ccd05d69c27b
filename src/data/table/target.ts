/**
 * The column to predict: classes or numbers, and the labels of its rows.
 */
import type { Labels } from '../dataset.ts';
import { compareValues, indexIn, numberIn } from './cells.ts';
import { checkTexts } from './columns.ts';
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
    const number = column.numbers[row];
    if (isRegression && !Number.isFinite(number))
      throw labelError(table, column, row, `${quoted(text)} is not a finite number${advice}`);
    const className = classOf(table, column, text);
    const label = isRegression ? number : (known.get(className) ?? indexIn(classNames, className, number));
    if (!isRegression && label < 0) {
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
  const { name, numbers, isText } = column;
  const distinct = new Set<string>();
  const numbersSeen = new Set<number>();
  let areIntegers = true;
  let found = 0;
  for (const row of rows) {
    const text = textAt(column, row);
    if (text === undefined)
      throw labelError(table, column, row, 'the target is missing; --missing drop leaves such rows out');
    distinct.add(text);
    if (Number.isNaN(numbers[row]) || isText) continue;
    found++;
    numbersSeen.add(numbers[row]);
    areIntegers &&= Number.isInteger(numbers[row]);
  }
  const isQuantity = found > rows.length / 2 && (numbersSeen.size > maxIntegerClasses || !areIntegers);
  if (task === undefined)
    checkTexts(table, column, rows, 'or take the column as classes with --task classification');
  if (task === undefined ? isQuantity : task === 'regression') {
    const labels = labelsOf(
      table,
      column,
      rows,
      [name],
      '; --task classification takes the column as classes',
    );
    if (numbersSeen.size > 1) return { labels, classNames: [name] };
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
        `${found === rows.length ? '. --task regression predicts a number' : ''}.`,
    );
  }
  const classNames = values.map((value) => classOf(table, column, value));
  return { labels: labelsOf(table, column, rows, classNames), classNames };
}

/** The name of a class, which the file may number. */
const classOf = ({ classNames }: Table, { name }: TableColumn, text: string): string =>
  (classNames?.column === name ? classNames.names[Number(text)] : undefined) ?? text;

/** Says that classes are one number in several notations, since each text is a class. */
export function noteOnClasses(table: Table, classNames: readonly string[]): string | undefined {
  const byNumber = new Map<number, string>();
  for (const name of classNames) {
    const number = numberIn(name);
    const other = byNumber.get(number);
    if (!Number.isNaN(number) && other !== undefined)
      return `${table.name}: ${quoted(other)} and ${quoted(name)} are two classes, since classes are texts.`;
    byNumber.set(number, name);
  }
  return undefined;
}
