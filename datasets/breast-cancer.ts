/**
 * Document 003's data: 30 measurements of 569 breast tumours, malignant or benign, split twice and standardised
 * (Wolberg, Street & Mangasarian, "Breast Cancer Wisconsin (Diagnostic)", UCI Machine Learning Repository, 1995).
 */
import type { DataRequest, Dataset, Examples, LoadedDataset } from '../src/core/data/dataset.ts';
import { sha256 } from '../src/node/files.ts';
import { RandomState } from '../src/core/random.ts';
import { fitStandardiser, standardise, type Standardiser } from '../src/core/data/standardise.ts';
import { obtain, standInNotice } from './acquire/obtain.ts';
import { drawBreastCancer } from './built-in/breast-cancer.ts';
import { parseWdbc, type Table, wdbcClasses, wdbcFeatures } from './formats/wdbc.ts';
import { published } from './published.ts';
import { stratifiedSplit } from './stratified-split.ts';

/** The document's `random_state` and `test_size`, for both splits. The run's seed moves no rows. */
const splitSeed = 42;
const heldShare = 0.2;
/** A stand-in is as fixed as the file that it stands in for: runs that differ in their seed see the same rows. */
const standInSeed = 0;

export const breastCancer: Dataset = {
  name: 'breast-cancer',
  title: 'Wisconsin breast cancer: 30 measurements of a tumour, malignant or benign',
  async load(request) {
    const { table, ...origin } = await readTable(request);
    return {
      name: 'breast-cancer',
      ...origin,
      classNames: [...wdbcClasses],
      ...prepare(table, origin.files[0].name),
    };
  },
};

type Origin = Pick<LoadedDataset, 'source' | 'standIn' | 'files'>;

async function readTable(request: DataRequest): Promise<Origin & { table: Table }> {
  const obtained = await obtain(published['breast-cancer'], request);
  if (obtained.source === 'built-in') {
    const standIn = standInNotice(
      'random numbers of the same kind, made by this program, which belong to no patient',
      published['breast-cancer'],
      obtained.reason,
    );
    const table = drawBreastCancer(standInSeed);
    const content = JSON.stringify([Array.from(table.inputs), Array.from(table.labels)]);
    const file = { name: 'drawn table', bytes: content.length, sha256: sha256(content) };
    return { source: 'built-in', standIn, files: [file], table };
  }
  const [{ content, path, ...file }] = obtained.files;
  const table = parseWdbc(content, path, file.name.endsWith('.csv') ? 'csv' : 'wdbc');
  return { source: obtained.source, files: [file], table };
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
