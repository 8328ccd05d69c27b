/** Checks of a dataset that a program passes. */
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { isLazy, isTokens, type Examples, type LoadedDataset } from './dataset.ts';

/** @throws InputError naming the field that is wrong */
export function checkDataset(where: string, data: LoadedDataset): void {
  z.checkFields(where, data, {
    name: z.string(),
    source: z.literal(['dir', 'cache', 'download', 'built-in']),
    standIn: z.optional(z.string()),
    files: z.array(z.plainObject),
    classNames: z.array(z.string()),
    preprocessing: z.plainObject,
    train: z.plainObject,
    validation: z.optional(z.plainObject),
    test: z.plainObject,
  });
  const { preprocessing, classNames } = data;
  z.checkValue(
    `${where}.preprocessing.kind`,
    preprocessing.kind,
    z.literal(['none', 'image', 'standardise', 'table', 'tokens']),
  );
  if (preprocessing.kind === 'standardise')
    z.checkFields(`${where}.preprocessing`, preprocessing, { mean: z.list, scale: z.list });
  const largest = preprocessing.kind === 'tokens' ? maxSymbols : 256;
  if (classNames.length < 1 || classNames.length > largest) {
    throw new InputError(
      `${where}.classNames must be 2 to ${largest}, or 1 for a regression, not ${classNames.length}.`,
    );
  }
  for (const split of ['train', 'validation', 'test'] as const) {
    const examples = data[split];
    if (examples) checkExamples(`${where}.${split}`, examples, classNames.length);
  }
  if (
    new Set([data.train, data.validation ?? data.train, data.test].map(({ features }) => features)).size > 1
  ) {
    throw new InputError(`${where}: the rows of its parts have different numbers of features.`);
  }
}

/** Tokens are 16-bit integers. */
export const maxSymbols = 32767;

const numbersToPredict = z.kind(
  'a Float64Array of the numbers to predict',
  (value) => value instanceof Float64Array,
);

const isNumbers = (value: unknown): boolean =>
  [Uint8Array, Float32Array, Float64Array].some((kind) => value instanceof kind);

/** @throws InputError naming the field that is wrong */
export function checkExamples(where: string, examples: Examples, classes: number): void {
  if (isTokens(examples)) return checkTokens(where, examples, classes);
  z.checkFields(where, examples, {
    rows: z.count,
    features: z.count,
    divisor: z.number().check(z.positive()),
    inputs: z.kind(
      'an array of numbers such as Float64Array',
      (value) => isNumbers(value) || isLazyInputs(value),
    ),
    labels: classes === 1 ? numbersToPredict : z.kind('a Uint8Array', (value) => value instanceof Uint8Array),
  });
  const { rows, features, inputs, labels } = examples;
  if (inputs.length !== rows * features || labels.length !== rows) {
    throw new InputError(
      `${where} has ${inputs.length} inputs and ${labels.length} labels, ` +
        `where ${rows} rows of ${features} features need ${rows * features} and ${rows}.`,
    );
  }
  checkLabels(where, labels, classes);
}

function checkTokens(
  where: string,
  { rows, features, inputs, labels, stride = features }: Examples,
  symbols: number,
): void {
  const needed = rows === 0 ? 0 : (rows - 1) * stride + features;
  if (!(labels instanceof Int16Array) || inputs.length < needed || labels.length < needed) {
    throw new InputError(`${where} needs ${needed} tokens and as many labels, both as an Int16Array.`);
  }
  const faulty = (inputs as Int16Array).findIndex(
    (token, i) => token < 0 || token >= symbols || labels[i] < -1 || labels[i] >= symbols,
  );
  if (faulty >= 0)
    throw new InputError(
      `${where}: token ${faulty + 1} or its label is not a symbol from 0 to ${symbols - 1}.`,
    );
}

/** @param classes 1 for regression @throws InputError naming the row whose label is not a class, or not a finite number */
export function checkLabels(where: string, labels: ArrayLike<number>, classes: number): void {
  // By number: array methods skip the holes of a sparse array.
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    const isValid =
      classes === 1 ? Number.isFinite(label) : Number.isInteger(label) && label >= 0 && label < classes;
    if (isValid) continue;
    const expected = classes === 1 ? 'a finite number' : `a class number from 0 to ${classes - 1}`;
    throw new InputError(`${where}, row ${row + 1}: the label ${label} is not ${expected}.`);
  }
}

const isLazyInputs = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  isLazy(value as Examples['inputs']) &&
  typeof (value as { subarray?: unknown }).subarray === 'function';
