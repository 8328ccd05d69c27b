/**
 * The rows of document 003's table, split and standardised, and the table that stands in for it: all that needs no file.
 */
import { fitStandardiser, standardise, type Standardiser } from '../src/data/standardize.ts';
import type { Examples, LoadedDataset } from '../src/data/dataset.ts';
import { RandomState } from '../src/utils/random.ts';
import { drawBreastCancer } from './built-in/breast-cancer.ts';
import { type Table, wdbcFeatures } from './formats/wdbc.ts';
import { stratifiedSplit } from '../src/data/splits.ts';

/** The document's `random_state` and `test_size`, for both splits. The run's seed moves no rows. */
const splitSeed = 42;
const heldShare = 0.2;
/** A stand-in is as fixed as the file that it stands in for: runs that differ in their seed see the same rows. */
const standInSeed = 0;

/** The stand-in, and the text by whose hash it is known. */
export function standInTable(): { table: Table; name: string; content: string } {
  const table = drawBreastCancer(standInSeed);
  const content = JSON.stringify([Array.from(table.inputs), Array.from(table.labels)]);
  return { table, name: 'drawn table', content };
}

/**
 * The document's preparation: hold back 20 % for the test, then 20 % of the rest for validation, both stratified;
 * standardise all three by the training rows alone.
 *
 * @param file that the table was read from
 */
export function prepare(
  table: Table,
  file = '',
): Pick<LoadedDataset, 'preprocessing' | 'train' | 'validation' | 'test'> {
  const outer = stratifiedSplit(table.labels, heldShare, new RandomState(splitSeed));
  const rest = takeRows(table, outer.train);
  const inner = stratifiedSplit(rest.labels, heldShare, new RandomState(splitSeed));
  const train = takeRows(rest, inner.train);
  const preprocessing = fitStandardiser(train.inputs, wdbcFeatures);
  const prepared = (part: Table) => toExamples(part, preprocessing, file);
  return {
    preprocessing,
    train: prepared(train),
    validation: prepared(takeRows(rest, inner.test)),
    test: prepared(takeRows(table, outer.test)),
  };
}

function takeRows({ inputs, labels, lines }: Table, rows: Int32Array): Table {
  const taken = new Float64Array(rows.length * wdbcFeatures);
  rows.forEach((row, i) =>
    taken.set(inputs.subarray(row * wdbcFeatures, (row + 1) * wdbcFeatures), i * wdbcFeatures),
  );
  return {
    inputs: taken,
    labels: Uint8Array.from(rows, (row) => labels[row]),
    lines: lines && rows.map((row) => lines[row]),
  };
}

function toExamples({ inputs, labels, lines }: Table, standardiser: Standardiser, file: string): Examples {
  return {
    rows: labels.length,
    features: wdbcFeatures,
    inputs: standardise(inputs, standardiser),
    divisor: 1,
    labels,
    ...(lines && { origin: (row) => ({ file, place: `line ${lines[row]}` }) }),
  };
}
