/**
 * The rows of document 003's table, split and standardized, and the synthetic table: everything that needs no file.
 */
import { fitStandardizer, standardize } from '../src/data/standardize.ts';
import { type Examples, type LoadedDataset, takeRows } from '../src/data/dataset.ts';
import { RandomState } from '../src/utils/random.ts';
import { drawBreastCancer } from './built-in/breast-cancer.ts';
import { stratifiedSplit } from '../src/data/splits.ts';

/** Names of the labels 0 and 1. */
export const wdbcClasses = ['malignant', 'benign'];

/** The document's `random_state` and `test_size`, for both splits. The seed of a run does not change them. */
const splitSeed = 42;
const heldShare = 0.2;
/** Runs with different seeds use the same synthetic rows, as they would with the real file. */
const syntheticSeed = 0;

/** The synthetic table, and the text whose hash identifies it. */
export function syntheticTable(): { table: Examples; name: string; content: string } {
  const table = drawBreastCancer(syntheticSeed);
  const content = JSON.stringify([Array.from(table.inputs), Array.from(table.labels)]);
  return { table, name: 'drawn table', content };
}

/**
 * The document's preparation: hold back 20 % for the test, then 20 % of the rest for validation, both stratified;
 * standardize all three by the mean and deviation of the training rows.
 */
export function prepare(
  table: Examples,
): Pick<LoadedDataset, 'preprocessing' | 'train' | 'validation' | 'test'> {
  const split = (rows: Examples) =>
    stratifiedSplit(rows.labels as Uint8Array, heldShare, new RandomState(splitSeed));
  const outer = split(table);
  const rest = takeRows(table, outer.train);
  const inner = split(rest);
  const train = takeRows(rest, inner.train);
  const preprocessing = fitStandardizer(train.inputs as Float64Array, train.features);
  const prepared = (part: Examples): Examples => ({
    ...part,
    inputs: standardize(part.inputs as Float64Array, preprocessing),
  });
  return {
    preprocessing,
    train: prepared(train),
    validation: prepared(takeRows(rest, inner.test)),
    test: prepared(takeRows(table, outer.test)),
  };
}
