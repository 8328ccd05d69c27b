import { describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { cats } from '../../datasets/cats.ts';
import { type DataRequest, type Examples } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { dataRequestWith } from '../../src/node/data-request.ts';
import { silent } from '../../src/utils/progress.ts';
import { sha256 } from '../../src/node/files.ts';
import { catFile } from './cat-file.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const place = temporaryDirectory();

const load = (more: Partial<DataRequest>) => cats.load(dataRequestWith(more));

async function folders(): Promise<string> {
  const dataDir = await mkdtemp(join(place, 'data-'));
  for (const [i, folder] of ['train/cat', 'train/non-cat', 'test/cat', 'test/non-cat'].entries()) {
    await mkdir(join(dataDir, 'cats', folder), { recursive: true });
    const background = { r: 60 * i, g: 0, b: 0 };
    await sharp({ create: { width: 99, height: 70, channels: 3, background } }).toFile(
      join(dataDir, 'cats', folder, 'picture.png'),
    );
  }
  return dataDir;
}

async function addFiles(dataDir: string) {
  const [train, test] = [await catFile({ rows: 3 }), await catFile({ rows: 2, split: 'test' })];
  await mkdir(join(dataDir, 'cats'), { recursive: true });
  await writeFile(join(dataDir, 'cats', 'train_catvnoncat.h5'), train);
  await writeFile(join(dataDir, 'cats', 'test_catvnoncat.h5'), test);
  return { train, test };
}

test('picture folders', async () => {
  const loaded = await load({ dataDir: await folders() });
  expect(loaded).toMatchObject({
    name: 'cats',
    source: 'dir',
    classNames: ['non-cat', 'cat'],
    preprocessing: { kind: 'image', height: 64, width: 64, channels: 3, divisor: 255 },
  });
  expect(loaded.files.map(({ name }) => name)).toEqual(
    ['train/non-cat', 'train/cat', 'test/non-cat', 'test/cat'].map((folder) => `${folder}/picture.png`),
  );
  const [train, test] = [loaded.train.inputs.subarray(0), loaded.test.inputs.subarray(0)];
  expect([train[0], train[12288]]).toEqual([60, 0]);
  expect([test[0], test[12288]]).toEqual([180, 120]);
});

test('option skipBroken', async () => {
  const dataDir = await folders();
  await writeFile(join(dataDir, 'cats/test/cat/notes.png'), 'text');
  await expect(load({ dataDir })).rejects.toThrow('notes.png');
  const notes: string[] = [];
  const progress = { ...silent, note: (note: string) => notes.push(note) };
  const loaded = await load({ dataDir, options: { skipBroken: true }, progress });
  expect(loaded.test.rows).toBe(2);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('cats/test/cat/notes.png');
});

test("the document's two files come before folders", async () => {
  const dataDir = await folders();
  const { train, test } = await addFiles(dataDir);
  const loaded = await load({ dataDir });
  expect([loaded.train.rows, loaded.test.rows]).toEqual([3, 2]);
  expect(loaded.test.origin!(1)).toEqual({ file: 'test_catvnoncat.h5', place: 'picture 2' });
  expect(loaded.files).toEqual([
    { name: 'train_catvnoncat.h5', bytes: train.length, sha256: sha256(train) },
    { name: 'test_catvnoncat.h5', bytes: test.length, sha256: sha256(test) },
  ]);
}, 60_000);

test('a directory without either, and a file that is exchanged', async () => {
  await expect(load({ dataDir: place })).rejects.toThrow(
    /train_catvnoncat.h5 and test_catvnoncat.h5, or folders of pictures train\/cat/,
  );
  const dataDir = await mkdtemp(join(place, 'data-'));
  const { test } = await addFiles(dataDir);
  const path = join(dataDir, 'cats', 'train_catvnoncat.h5');
  await writeFile(path, test);
  await expect(load({ dataDir })).rejects.toThrow(
    new InputError(`${path}: the file lacks the set train_set_x`),
  );
}, 60_000);

const dataDir = process.env.ZOO_DATA_DIR;
const withRealData = dataDir ? describe : describe.skip;

withRealData('with the real pictures (skipped unless ZOO_DATA_DIR is set)', () => {
  /** Σ pixels and Σ pixels × place in the row, which tells one order of flattening from another. */
  function sums({ inputs, features, labels }: Examples) {
    let [total, placed] = [0, 0];
    inputs.subarray(0).forEach((pixel, i) => {
      total += pixel;
      placed += pixel * (i % features);
    });
    return { total, placed, cats: Array.from(labels).reduce((sum, label) => sum + label, 0) };
  }

  /**
   * x = h5py.File(…)[split + '_set_x'][()]; flat = x.reshape(len(x), -1).astype(np.int64)
   * flat.sum(), (flat * np.arange(12288)).sum(), y.sum(), flat[0, :6], flat[-1, -6:]
   */
  test('are h5py’s, pixel by pixel', async () => {
    const { train, test, source } = await load({ dataDir });
    expect([source, train.rows, test.rows]).toEqual(['dir', 209, 50]);
    expect(sums(train)).toEqual({ total: 264542077, placed: 1563635050889, cats: 72 });
    expect(sums(test)).toEqual({ total: 65969547, placed: 396519976061, cats: 33 });
    expect(Array.from(train.inputs.subarray(0, 6))).toEqual([17, 31, 56, 22, 33, 59]);
    expect(Array.from(test.inputs.subarray(0, 6))).toEqual([158, 104, 83, 161, 106, 85]);
    expect(Array.from(test.inputs.subarray(-6))).toEqual([13, 35, 18, 5, 22, 5]);
  }, 60_000);
});
