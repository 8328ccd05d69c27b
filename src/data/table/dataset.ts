/**
 * A dataset out of a table: which columns are numbers and which categories, what is predicted, and which rows are held back.
 */
import {
  type Examples,
  type Labels,
  type LoadedDataset,
  type TableInput,
  takeLabels,
  type TargetScale,
} from '../dataset.ts';
import { targetScaleOf } from '../standardize.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { labelsOf, learnTarget, noteOnClasses } from './target.ts';
import { learnInput, noteOf } from './columns.ts';
import { encodeTable, featuresOf } from './encode.ts';
import { splitRowsOf } from '../splits.ts';
import { columnNamed, maxColumns, quoted, textAt, type Table, type TableColumn, writtenAt } from './table.ts';

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

export const defaultTestShare = 0.2;
/** A quarter of a gigabyte as doubles. */
const maxInputs = 2 ** 25;

/**
 * @returns rows in scikit-learn's order: `train_test_split(…, stratify=target, random_state=seed)`, without `stratify` for numbers
 * @throws InputError for a column that is not there, a cell that is missing or of the wrong kind, a target of one class
 */
export function datasetFromTable(table: Table, options: TableOptions): LoadedDataset {
  const { target, missing = 'refuse', categories = [], dropColumns = [], seed = 1 } = options;
  const targetColumn = columnNamed(table, target, 'which is to be predicted');
  for (const name of categories) columnNamed(table, name, 'which --categories names');
  for (const name of dropColumns) columnNamed(table, name, 'which --drop-columns names');
  const candidates = table.columns.filter(
    (column) => column !== targetColumn && !dropColumns.includes(column.name),
  );
  const isLeftOut = ({ isIndex, name }: TableColumn): boolean => isIndex && !categories.includes(name);
  const columns = candidates.filter((column) => !isLeftOut(column));
  if (columns.length === 0) {
    throw new InputError(`${table.name} has no column but ${quoted(target)} to predict it from.`);
  }
  const rows = rowsKept(table, [...columns, targetColumn], missing);
  const { labels, classNames } = learnTarget(table, targetColumn, rows, options.task);
  const random = new RandomState(seed);
  const split = splitRowsOf(table.name, labels, classNames, options.testShare ?? defaultTestShare, random);
  const train = pick(rows, split.train);
  const inputs = columns.map((column) =>
    learnInput(table, column, rows, train, missing === 'mean', categories.includes(column.name)),
  );
  const notes = [
    ...candidates
      .filter(isLeftOut)
      .map(
        ({ name }) =>
          `${name === '' ? 'The first column' : `Column ${quoted(name)}`} of ${table.name} ${name === '' ? 'has no name and ' : ''}` +
          'is left out: it looks like an index of the rows.',
      ),
    noteOnClasses(table, classNames),
    ...columns.map((column, i) => ('categories' in inputs[i] ? undefined : noteOf(table, column))),
  ].filter((note) => note !== undefined);
  const features = featuresOf(inputs);
  if (features > maxColumns || features * rows.length > maxInputs) {
    throw new InputError(
      `${table.name} becomes ${rows.length} rows of ${features} numbers, which are too many: at most ${maxColumns} a row ` +
        `and ${maxInputs} in all. Leave columns out with --drop-columns, or give a part of the rows.`,
    );
  }
  const trainLabels = takeLabels(labels, split.train);
  const scale = trainLabels instanceof Float64Array ? { target: targetScaleOf(trainLabels) } : {};
  const part = (places: Int32Array): Examples => ({
    ...examplesOf(table, inputs, pick(rows, places), takeLabels(labels, places), target),
    ...scale,
  });
  const trained = part(split.train);
  return {
    name: table.name,
    source: 'dir',
    files: [],
    ...(notes.length > 0 && { notes }),
    classNames,
    preprocessing: { kind: 'table', columns: inputs },
    train: trained,
    test: split.test.length > 0 ? part(split.test) : trained,
  };
}

const pick = (rows: Int32Array, places: Int32Array): Int32Array => places.map((place) => rows[place]);

const examplesOf = (
  table: Table,
  inputs: readonly TableInput[],
  rows: Int32Array,
  labels: Labels,
  target?: string,
): Examples => ({
  rows: rows.length,
  features: featuresOf(inputs),
  inputs: encodeTable(table, inputs, rows),
  divisor: 1,
  labels,
  origin: (row) => ({
    file: table.name,
    place: table.placeOf(rows[row]),
    cells: table.columns
      .filter(({ name }) => name !== target)
      .map((column) => ({ column: column.name, text: writtenAt(column, rows[row]) })),
  }),
});

const allRowsOf = ({ rows }: Table): Int32Array => Int32Array.from({ length: rows }, (_, row) => row);

/** Numbers of the rows that take part. @throws InputError where none is left */
function rowsKept(table: Table, columns: TableColumn[], missing: TableOptions['missing']): Int32Array {
  const all = allRowsOf(table);
  if (missing !== 'drop') return all;
  const kept = all.filter((row) => columns.every((column) => textAt(column, row) !== undefined));
  if (kept.length > 0) return kept;
  throw new InputError(`${table.name}: a cell is missing in every row, so that --missing drop leaves none.`);
}

/**
 * Every row of a table, encoded for a trained model.
 *
 * @param model the encoding that was learned in training
 * @param target the column of the labels; default: all labels are 0
 * @throws InputError for an unknown class, or as {@link datasetFromTable}
 */
export function examplesForModel(
  table: Table,
  model: { columns: readonly TableInput[]; classNames: readonly string[]; target?: TargetScale },
  target?: string,
): Examples {
  const rows = allRowsOf(table);
  const { columns, classNames } = model;
  const unknown = () => (classNames.length === 1 ? new Float64Array(table.rows) : new Uint8Array(table.rows));
  const labels =
    target === undefined
      ? unknown()
      : labelsOf(table, columnNamed(table, target, 'which is the target'), rows, classNames);
  return {
    ...examplesOf(table, columns, rows, labels, target),
    ...(model.target && { target: model.target }),
  };
}
