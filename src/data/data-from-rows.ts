/**
 * A dataset from arrays.
 */
import { checkLabels } from './check-dataset.ts';
import type { Examples, LoadedDataset } from './dataset.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { fitStandardizer, standardize, targetScaleOf } from './standardize.ts';

/** Rows of numbers and the class of each: 0, 1, …; for regression the number to predict. */
export interface UserRows {
  inputs: readonly (readonly number[])[];
  labels: readonly number[];
}

export interface UserData {
  name: string;
  /** At least two; for regression one, the name of the number to predict. */
  classNames: readonly string[];
  train: UserRows;
  validation?: UserRows;
  /** Default: the training rows. */
  test?: UserRows;
  /** Standardizes every column to mean 0 and deviation 1 of the training rows; saved with the weights. */
  standardise?: boolean;
}

/**
 * Makes a dataset for `train` out of arrays.
 *
 * @throws InputError where rows differ in length, a number is not finite or a label names no class
 */
export function dataFromRows(data: UserData): LoadedDataset {
  z.checkFields('dataFromRows', data, {
    name: z.string(),
    classNames: z.array(z.string()),
    train: z.plainObject,
    validation: z.optional(z.plainObject),
    test: z.optional(z.plainObject),
    standardise: z.optional(z.boolean()),
  });
  const { name, train, validation, test = train } = data;
  z.checkFields(`${name}, training`, train, { inputs: z.list, labels: z.list });
  const classNames = [...data.classNames];
  if (classNames.length < 1 || classNames.length > 256) {
    throw new InputError(
      `${name} needs 2 to 256 class names, or one name for a number to predict, not ${classNames.length}.`,
    );
  }
  const features = train.inputs[0]?.length ?? 0;
  if (features === 0)
    throw new InputError(`${name} needs at least one training row with at least one number.`);
  const examples = (rows: UserRows, split: string) =>
    examplesOf(rows, features, classNames.length, `${name}, ${split}`);
  const raw = examples(train, 'training');
  const standardizer = data.standardise ? fitStandardizer(raw.inputs as Float64Array, features) : undefined;
  const target = classNames.length === 1 ? targetScaleOf(raw.labels as Float64Array) : undefined;
  const prepared = (split: Examples): Examples => ({
    ...split,
    ...(target && { target }),
    ...(standardizer && { inputs: standardize(split.inputs as Float64Array, standardizer) }),
  });
  return {
    name,
    source: 'dir',
    files: [],
    classNames,
    preprocessing: standardizer ?? { kind: 'none' },
    train: prepared(raw),
    ...(validation && { validation: prepared(examples(validation, 'validation')) }),
    test: prepared(examples(test, 'test')),
  };
}

const aRow = z.kind('a list of numbers', (value) => Array.isArray(value) || ArrayBuffer.isView(value));

function examplesOf(rows: UserRows, features: number, classes: number, where: string): Examples {
  z.checkFields(where, rows, { inputs: z.list, labels: z.list });
  const { inputs, labels } = rows;
  if (inputs.length !== labels.length || labels.length === 0) {
    throw new InputError(`${where}: ${inputs.length} rows and ${labels.length} labels; give one for each.`);
  }
  const flat = new Float64Array(inputs.length * features);
  // By number: array methods skip the holes of a sparse array.
  for (let i = 0; i < inputs.length; i++) {
    const row = inputs[i];
    z.checkValue(`${where}, row ${i + 1}`, row, aRow);
    if (row.length !== features)
      throw new InputError(`${where}, row ${i + 1}: ${row.length} numbers, the first has ${features}.`);
    if (!Array.from(row).every(Number.isFinite))
      throw new InputError(`${where}, row ${i + 1}: not all are finite numbers.`);
    flat.set(row, i * features);
  }
  checkLabels(where, labels, classes);
  return {
    rows: inputs.length,
    features,
    inputs: flat,
    divisor: 1,
    labels: classes === 1 ? Float64Array.from(labels) : Uint8Array.from(labels),
  };
}
