/**
 * A dataset out of a table: which columns are numbers and which categories, what is predicted, and which rows are held back.
 */
import type { Examples, Labels, LoadedDataset, TableInput, TargetScale } from '../dataset.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { answersOf, namesOf } from './target.ts';
import { encodeTable, featuresOf, learnInput } from './columns.ts';
import { splitRowsOf } from '../splits.ts';
import { columnNamed, mostColumns, quoted, textAt, type Table, type TableColumn } from './table.ts';

export interface TableOptions {
  /** The column that is predicted. */
  target: string;
  /** What becomes of missing cells: they are refused, or filled by the column's mean or commonest category, or their rows left out. */
  missing?: 'refuse' | 'mean' | 'drop';
  /** Columns of numbers that are categories, such as postal codes. */
  categories?: readonly string[];
  /** Columns that are left out. */
  dropColumns?: readonly string[];
  /** Unless given: texts and few whole numbers are classes, other numbers are predicted as such. */
  task?: 'classification' | 'regression';
  /** Of the rows, 0 to less than 1, for the test; by default a fifth. With 0 the test rows are the training rows. */
  testShare?: number;
  /** Fixes which rows these are. */
  seed?: number;
}

export const usualTestShare = 0.2;
/** A quarter of a gigabyte as doubles. */
const mostInputs = 2 ** 25;

/**
 * @returns rows in scikit-learn's order: `train_test_split(…, stratify=target, random_state=seed)`, without `stratify` for numbers
 * @throws InputError for a column that is not there, a cell that is missing or of the wrong kind, a target of one class
 */
export function datasetFromTable(table: Table, options: TableOptions): LoadedDataset {
  const { target, missing = 'refuse', categories = [], dropColumns = [], seed = 1 } = options;
  const targetColumn = columnNamed(table, target, 'which is to be predicted');
  for (const name of categories) columnNamed(table, name, 'which --categories names');
  for (const name of dropColumns) columnNamed(table, name, 'which --drop-columns names');
  const columns = table.columns.filter(
    (column) => column !== targetColumn && !dropColumns.includes(column.name),
  );
  if (columns.length === 0) {
    throw new InputError(`${table.name} has no column but ${quoted(target)} to predict it from.`);
  }
  const rows = rowsKept(table, [...columns, targetColumn], missing);
  const answers = answersOf(table, targetColumn, rows, options.task);
  const split = splitRowsOf(table.name, answers, options.testShare ?? usualTestShare, new RandomState(seed));
  const train = pick(rows, split.train);
  const inputs = columns.map((column) =>
    learnInput(table, column, rows, train, missing === 'mean', categories.includes(column.name)),
  );
  const features = featuresOf(inputs);
  if (features > mostColumns || features * rows.length > mostInputs) {
    throw new InputError(
      `${table.name} becomes ${rows.length} rows of ${features} numbers, which are too many: at most ${mostColumns} a row ` +
        `and ${mostInputs} in all. Leave columns out with --drop-columns, or give a part of the rows.`,
    );
  }
  const part = (places: Int32Array): Examples => ({
    ...examplesOf(table, inputs, pick(rows, places), answers.labels, places),
    ...(answers.scale && { target: answers.scale(split.train) }),
  });
  const trained = part(split.train);
  return {
    name: table.name,
    source: 'dir',
    files: [],
    classNames: answers.names,
    preprocessing: { kind: 'table', columns: inputs },
    train: trained,
    test: split.test.length > 0 ? part(split.test) : trained,
  };
}

const pick = (rows: Int32Array, places: Int32Array): Int32Array => places.map((place) => rows[place]);

function examplesOf(
  table: Table,
  inputs: readonly TableInput[],
  rows: Int32Array,
  labels: Labels,
  places: Int32Array,
): Examples {
  return {
    rows: rows.length,
    features: featuresOf(inputs),
    inputs: encodeTable(table, inputs, rows),
    divisor: 1,
    labels:
      labels instanceof Uint8Array
        ? Uint8Array.from(places, (place) => labels[place])
        : Float64Array.from(places, (place) => labels[place]),
    origin: (row) => ({ file: table.name, place: table.placeOf(rows[row]) }),
  };
}

/** Numbers of the rows that take part. @throws InputError where none is left */
function rowsKept(table: Table, columns: TableColumn[], missing: TableOptions['missing']): Int32Array {
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  if (missing !== 'drop') return all;
  const kept = all.filter((row) => columns.every((column) => textAt(column, row) !== undefined));
  if (kept.length > 0) return kept;
  throw new InputError(`${table.name}: a cell is missing in every row, so that --missing drop leaves none.`);
}

/**
 * Every row of a table as a trained model takes it.
 *
 * @param model what training found out
 * @param target the column of the answers; without it the labels are all 0
 * @throws InputError for a class that training did not know, or as {@link datasetFromTable}
 */
export function examplesForModel(
  table: Table,
  model: { columns: readonly TableInput[]; classNames: readonly string[]; target?: TargetScale },
  target?: string,
): Examples {
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const { columns, classNames } = model;
  const isRegression = classNames.length === 1;
  const labels = isRegression ? new Float64Array(table.rows) : new Uint8Array(table.rows);
  if (target !== undefined) {
    const column = columnNamed(table, target, 'which holds the right answers');
    for (const row of rows) {
      const text = textAt(column, row);
      const where = `${table.name}, ${table.placeOf(row)}, column ${quoted(target)}`;
      if (text === undefined) throw new InputError(`${where}: the answer is missing.`);
      const label = isRegression
        ? column.numbers[row]
        : classNames.indexOf(namesOf(table, column)?.[Number(text)] ?? text);
      if (isRegression ? !Number.isFinite(label) : label < 0) {
        throw new InputError(
          `${where}: ${quoted(text)} is ${isRegression ? 'no finite number' : `a class that training did not know; it knew ${classNames.slice(0, 10).map(quoted).join(', ')}`}.`,
        );
      }
      labels[row] = label;
    }
  }
  return {
    ...examplesOf(table, columns, rows, labels, rows),
    ...(model.target && { target: model.target }),
  };
}
