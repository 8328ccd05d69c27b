/** Whether a dataset that a program brings is one, down to the length of its rows. */
import { InputError } from '../utils/errors.ts';
import {
  aCount,
  aFunction,
  aList,
  anObject,
  aText,
  checkFields,
  checkGiven,
  listOf,
  oneOf,
  optional,
  type Kind,
} from '../utils/given.ts';
import { isLazy, type Examples, type LoadedDataset } from './dataset.ts';

/** @throws InputError naming the field that is wrong */
export function checkDataset(where: string, data: LoadedDataset): void {
  checkFields(where, data, {
    name: aText,
    source: oneOf(['dir', 'cache', 'download', 'built-in']),
    standIn: optional(aText),
    files: listOf(anObject),
    classNames: listOf(aText),
    preprocessing: anObject,
    train: anObject,
    validation: optional(anObject),
    test: anObject,
  });
  const { preprocessing, classNames } = data;
  checkGiven(
    `${where}.preprocessing.kind`,
    preprocessing.kind,
    oneOf(['none', 'image', 'standardise', 'table']),
  );
  if (preprocessing.kind === 'standardise')
    checkFields(`${where}.preprocessing`, preprocessing, { mean: aList, scale: aList });
  if (classNames.length < 1 || classNames.length > 256) {
    throw new InputError(
      `${where}.classNames must be 2 to 256, or 1 for a regression, not ${classNames.length}.`,
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

const numbersToPredict: Kind = [
  'a Float64Array of the numbers to predict',
  (value) => value instanceof Float64Array,
];

const isNumbers = (value: unknown): boolean =>
  [Uint8Array, Float32Array, Float64Array].some((kind) => value instanceof kind);

/** @throws InputError naming the field that is wrong */
export function checkExamples(where: string, examples: Examples, classes: number): void {
  checkFields(where, examples, {
    rows: aCount,
    features: aCount,
    divisor: ['a number above 0', (value) => Number.isFinite(value) && (value as number) > 0],
    inputs: ['an array of numbers such as Float64Array', (value) => isNumbers(value) || isLazyInputs(value)],
    labels: classes === 1 ? numbersToPredict : ['a Uint8Array', (value) => value instanceof Uint8Array],
  });
  const { rows, features, inputs, labels } = examples;
  if (inputs.length !== rows * features || labels.length !== rows) {
    throw new InputError(
      `${where} has ${inputs.length} inputs and ${labels.length} labels, ` +
        `where ${rows} rows of ${features} features need ${rows * features} and ${rows}.`,
    );
  }
  if (classes === 1) {
    const bad = labels.findIndex((label) => !Number.isFinite(label));
    if (bad >= 0)
      throw new InputError(`${where}, row ${bad + 1}: the label ${labels[bad]} is no finite number.`);
    return;
  }
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new InputError(
      `${where}, row ${wrong + 1}: the label ${labels[wrong]} is of none of ${classes} classes.`,
    );
  }
}

const isLazyInputs = (value: unknown): boolean =>
  anObject[1](value) &&
  isLazy(value as Examples['inputs']) &&
  aFunction[1]((value as { gather?: unknown }).gather);
