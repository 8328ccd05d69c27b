/**
 * A dataset in figures.
 */
import { allInputs, type Examples, type LoadedDataset } from './dataset.ts';

export interface SplitSummary {
  name: 'train' | 'validation' | 'test';
  rows: number;
  /** Rows of each class, in the order of the class names. */
  perClass: number[];
  /** Of all numbers as the network sees them. */
  range: { minimum: number; maximum: number; mean: number; deviation: number };
  /** Numbers that are not finite; the readers refuse them, so any here is a fault of the data's own code. */
  missing: number;
  /** Columns in which all rows are alike, and which teach a network nothing. */
  constantFeatures: number;
}

/** Of every split that the dataset has. */
export const summarise = (dataset: LoadedDataset): SplitSummary[] =>
  (['train', 'validation', 'test'] as const).flatMap((name) => {
    const split = dataset[name];
    return split ? [{ name, ...summariseSplit(split, dataset.classNames.length) }] : [];
  });

function summariseSplit(examples: Examples, classes: number): Omit<SplitSummary, 'name'> {
  const { rows, features, inputs, divisor, labels } = examples;
  const perClass = new Array<number>(classes).fill(0);
  // A number to be predicted is of no class.
  if (classes === 1) perClass[0] = rows;
  else for (const label of labels) perClass[label]++;
  let [minimum, maximum, sum, missing] = [Infinity, -Infinity, 0, 0];
  const varies = new Uint8Array(features);
  const first = inputs.subarray(0, features);
  const all = allInputs(examples);
  for (let i = 0, column = 0; i < all.length; i++, column = (column + 1) % features) {
    const value = all[i];
    if (!Number.isFinite(value)) {
      missing++;
      continue;
    }
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += value;
    if (value !== first[column]) varies[column] = 1;
  }
  const mean = sum / (inputs.length - missing);
  let squares = 0;
  for (const value of all) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / (inputs.length - missing));
  return {
    rows,
    perClass,
    range: {
      minimum: minimum / divisor,
      maximum: maximum / divisor,
      mean: mean / divisor,
      deviation: deviation / divisor,
    },
    missing,
    constantFeatures: features - varies.reduce((count, one) => count + one, 0),
  };
}
