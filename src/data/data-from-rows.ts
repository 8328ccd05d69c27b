/**
 * Rows of one's own as a dataset.
 */
import type { Examples, LoadedDataset, Preprocessing } from './dataset.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { fitStandardiser, standardise, targetScaleOf } from './standardize.ts';

/** Rows of numbers and the class of each: 0, 1, …; where there is one name only, the number that is to be predicted. */
export interface OwnRows {
  inputs: readonly (readonly number[])[];
  labels: readonly number[];
}

export interface OwnData {
  name: string;
  /** At least two; or one, the name of the number that is to be predicted. */
  classNames: readonly string[];
  train: OwnRows;
  validation?: OwnRows;
  /** Default: the training rows. */
  test?: OwnRows;
  /** Brings every column to mean 0 and deviation 1 on the training rows; kept with the weights, for predictions. */
  standardise?: boolean;
}

/**
 * Makes a dataset for `train` out of arrays.
 *
 * @throws InputError where rows differ in length, a number is not finite or a label names no class
 */
export function dataFromRows(own: OwnData): LoadedDataset {
  z.checkFields('dataFromRows', own, {
    name: z.string(),
    classNames: z.array(z.string()),
    train: z.plainObject,
    validation: z.optional(z.plainObject),
    test: z.optional(z.plainObject),
    standardise: z.optional(z.boolean()),
  });
  const { name, train, validation, test = train } = own;
  z.checkFields(`${name}, training`, train, { inputs: z.list, labels: z.list });
  const classNames = [...own.classNames];
  if (classNames.length < 1 || classNames.length > 256) {
    throw new InputError(
      `${name} needs 2 to 256 class names, or one name for a number to predict, not ${classNames.length}.`,
    );
  }
  const features = train.inputs[0]?.length ?? 0;
  if (features === 0)
    throw new InputError(`${name} needs at least one training row with at least one number.`);
  const raw = examplesOf(train, features, classNames, `${name}, training`);
  const standardiser = own.standardise ? fitStandardiser(raw.inputs as Float64Array, features) : undefined;
  const target = classNames.length === 1 ? targetScaleOf(raw.labels as Float64Array) : undefined;
  const prepared = (rows: OwnRows, split: string): Examples => {
    const examples = examplesOf(rows, features, classNames, `${name}, ${split}`);
    return {
      ...examples,
      ...(target && { target }),
      ...(standardiser && { inputs: standardise(examples.inputs as Float64Array, standardiser) }),
    };
  };
  const preprocessing: Preprocessing = standardiser ?? { kind: 'none' };
  return {
    name,
    source: 'dir',
    files: [],
    classNames,
    preprocessing,
    train: prepared(train, 'training'),
    ...(validation && { validation: prepared(validation, 'validation') }),
    test: prepared(test, 'test'),
  };
}

const aRow = z.kind('a list of numbers', (value) => Array.isArray(value) || ArrayBuffer.isView(value));

function examplesOf(rows: OwnRows, features: number, classNames: string[], where: string): Examples {
  z.checkFields(where, rows, { inputs: z.list, labels: z.list });
  const { inputs, labels } = rows;
  if (inputs.length !== labels.length || labels.length === 0) {
    throw new InputError(`${where}: ${inputs.length} rows and ${labels.length} labels; give one for each.`);
  }
  const flat = new Float64Array(inputs.length * features);
  // By number: forEach and every pass over places of a sparse array that hold nothing.
  for (let i = 0; i < inputs.length; i++) {
    const row = inputs[i];
    z.checkValue(`${where}, row ${i + 1}`, row, aRow);
    if (row.length !== features)
      throw new InputError(`${where}, row ${i + 1}: ${row.length} numbers, the first has ${features}.`);
    if (!Array.from(row).every(Number.isFinite))
      throw new InputError(`${where}, row ${i + 1}: not all are finite numbers.`);
    flat.set(row, i * features);
  }
  const shape = { rows: inputs.length, features, inputs: flat, divisor: 1 };
  if (classNames.length === 1) {
    const bad = Array.from(labels).findIndex((label) => !Number.isFinite(label));
    if (bad >= 0)
      throw new InputError(`${where}, row ${bad + 1}: the label ${labels[bad]} is no finite number.`);
    return { ...shape, labels: Float64Array.from(labels) };
  }
  const wrong = Array.from(labels).findIndex((label) => !Number.isInteger(label) || !(label in classNames));
  if (wrong >= 0) {
    throw new InputError(
      `${where}, row ${wrong + 1}: the label ${labels[wrong]} is not a class number from 0 to ${classNames.length - 1}.`,
    );
  }
  return { ...shape, labels: Uint8Array.from(labels) };
}
