import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breastCancer } from '../../datasets/breast-cancer.ts';
import { drawBreastCancer } from '../../datasets/built-in/breast-cancer.ts';
import { parseWdbc } from '../../datasets/formats/wdbc.ts';
import type { DataRequest, Examples, LoadedDataset } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { dataRequestWith } from '../../src/node/data-request.ts';
import type { Standardizer } from '../../src/data/standardize.ts';
import { asCsv, asWdbc } from './wdbc-text.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const place = temporaryDirectory();

const load = (more: Partial<DataRequest>) => breastCancer.load(dataRequestWith(more));

/** A data directory that holds this one file. */
async function directoryWith(name: string, content: string): Promise<string> {
  const dataDir = await mkdtemp(join(place, 'data-'));
  await mkdir(join(dataDir, 'breast-cancer'));
  await writeFile(join(dataDir, 'breast-cancer', name), content);
  return dataDir;
}

/** All of a dataset but where it comes from. */
const numbersOf = ({ train, validation, test, ...rest }: LoadedDataset) => ({
  ...rest,
  files: [],
  splits: [train, validation!, test].map((split) => ({ ...split, origin: undefined })),
});

/** Mean and variance over all rows of one feature. */
function moments({ inputs, rows, features }: Examples, feature: number) {
  const values = inputs.subarray(0);
  const column = Array.from({ length: rows }, (_, row) => values[row * features + feature]);
  const mean = column.reduce((sum, value) => sum + value, 0) / rows;
  return { mean, variance: column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows };
}

test('the stand-in says so, is split as the real table and standardised by the training rows', async () => {
  const loaded = await load({ data: 'built-in' });
  expect(loaded.source).toBe('built-in');
  expect(loaded.standIn).toMatch(/SYNTHETIC DATA.*no patient.*zoo data breast-cancer --data download/);
  expect(loaded.files).toMatchObject([{ name: 'drawn table' }]);
  expect(loaded.classNames).toEqual(['malignant', 'benign']);
  const { train, validation, test } = loaded;
  expect([train.rows, validation?.rows, test.rows]).toEqual([364, 91, 114]);
  for (let feature = 0; feature < 30; feature++) {
    const { mean, variance } = moments(train, feature);
    expect(mean).toBeCloseTo(0, 10);
    expect(variance).toBeCloseTo(1, 10);
    expect(Math.abs(moments(test, feature).mean)).toBeGreaterThan(1e-6);
  }
});

test("the run's seed changes neither the rows nor their split", async () => {
  const first = await load({ data: 'built-in', seed: 1 });
  expect(await load({ data: 'built-in', seed: 2 })).toEqual(first);
});

test.each([
  ['breast_cancer.csv', asCsv],
  ['wdbc.data', asWdbc],
])('every row can be found again in %s, whichever split it fell into', async (name, as) => {
  const content = as(drawBreastCancer(5)).replace('\n', '\n\n'); // an empty line moves all that follow
  const dataDir = await directoryWith(name, content);
  const { train, validation, test, preprocessing, source, files } = await load({ dataDir });
  expect([source, files.length, files[0]]).toEqual([
    'dir',
    1,
    expect.objectContaining({ name, bytes: content.length }),
  ]);
  const { mean, scale } = preprocessing as Standardizer;
  const lines = content.split('\n').map((line) =>
    line
      .replace(/^8\d{6},[MB],/, '')
      .split(',')
      .map(Number),
  );
  const seen = new Set<string>();
  for (const { rows, inputs, origin } of [train, validation!, test]) {
    for (let row = 0; row < rows; row++) {
      const { file, place } = origin!(row);
      expect(file).toBe(name);
      seen.add(place!);
      const values = lines[Number(/^line (\d+)$/.exec(place!)![1]) - 1].slice(0, 30);
      const expected = values.map((value, i) => (value - mean[i]) / scale[i]);
      expect(Array.from(inputs.subarray(30 * row, 30 * row + 30))).toEqual(expected);
    }
  }
  expect(seen.size).toBe(569);
});

test('complaints name the file with its path', async () => {
  const dataDir = await directoryWith('wdbc.data', '1,M,2\n');
  const path = join(dataDir, 'breast-cancer', 'wdbc.data');
  await expect(load({ dataDir })).rejects.toThrow(new InputError(`${path}, line 1: 3 columns, expected 32`));
  await expect(load({ dataDir: place })).rejects.toThrow(InputError);
});

const dataDir = process.env.ZOO_DATA_DIR;
const withRealData = dataDir ? describe : describe.skip;

withRealData('with the real table (skipped unless ZOO_DATA_DIR is set)', () => {
  /** StandardScaler().fit(x_train) of scikit-learn after document 003's two splits: mean_ and scale_. */
  const { mean, scale } = JSON.parse(
    readFileSync(new URL('../fixtures/breast-cancer-split.json', import.meta.url), 'utf8'),
  ) as { mean: number[]; scale: number[] };

  test("the scaler is scikit-learn's to the last bits", async () => {
    const { preprocessing, source } = await load({ dataDir });
    expect(source).toBe('dir');
    const fitted = preprocessing as Standardizer;
    fitted.mean.forEach((value, i) => expect(Math.abs(value / mean[i] - 1)).toBeLessThan(1e-14));
    fitted.scale.forEach((value, i) => expect(Math.abs(value / scale[i] - 1)).toBeLessThan(1e-14));
  });

  test("UCI's layout of the same rows gives the same data", async () => {
    const path = join(dataDir!, 'breast-cancer', 'breast_cancer.csv');
    const other = await directoryWith('wdbc.data', asWdbc(parseWdbc(readFileSync(path), path, 'csv')));
    const csv = await load({ dataDir });
    const wdbc = await load({ dataDir: other });
    expect(numbersOf(wdbc)).toEqual(numbersOf(csv));
  });
});
