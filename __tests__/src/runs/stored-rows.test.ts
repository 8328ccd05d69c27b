import { beforeAll, expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syntheticTable } from '../../../datasets/breast-cancer-rows.ts';
import { datasets } from '../../../datasets/index.ts';
import { dataRequestWith } from '../../../src/node/data-request.ts';
import { storedRows } from '../../../src/runs/stored-rows.ts';
import { savedZoo } from '../../helpers/saved.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

/** `id,M,30 numbers` for each patient. */
const { inputs, labels } = syntheticTable().table;
const measured = Array.from(labels, (_, row) => Array.from(inputs.subarray(30 * row, 30 * row + 30)));
const lines = measured.map((values, row) => [row, labels[row] === 1 ? 'M' : 'B', ...values].join());

const dataDir = temporaryDirectory();
beforeAll(async () => {
  await mkdir(join(dataDir, 'breast-cancer'));
  await writeFile(join(dataDir, 'breast-cancer', 'wdbc.data'), `${lines.join('\n')}\n`);
});

test('rows of a table are those of its file, before they were standardised', async () => {
  const saved = savedZoo['breast-cancer']();
  const rows = await storedRows(saved, dataRequestWith({ dataDir }));
  const digits = (row: number[]) => row.map((value) => value.toPrecision(6)).join();
  const inFile = new Set(measured.map(digits));
  expect(rows).toHaveLength(114);
  for (const row of rows) expect(inFile).toContain(digits(row));
});

test('rows that are computed are taken as they are, as many as are enough', async () => {
  const saved = savedZoo.points();
  const request = dataRequestWith({ dataDir });
  const rows = await storedRows(saved, request);
  const { test: scored } = await datasets.points.load({ ...request, options: {}, seed: request.seed });
  expect(rows).toHaveLength(Math.min(scored.rows, 1000));
  expect(rows.flat()).toEqual(Array.from(scored.inputs.subarray(0, 2 * rows.length)));
});

test('returns none for a model of other features, or if the data are missing', async () => {
  const saved = savedZoo['breast-cancer']();
  expect(await storedRows({ ...saved, features: 7 }, dataRequestWith({ dataDir }))).toEqual([]);
  const nowhere = { dataDir: join(dataDir, 'empty'), cacheDir: join(dataDir, 'cache') };
  await mkdir(nowhere.dataDir);
  expect(await storedRows(saved, dataRequestWith(nowhere))).toEqual([]);
});
