import { expect, test } from '@jest/globals';
import { cats } from '../../../datasets/cats.ts';
import type { DataRequest } from '../../../src/data/dataset.ts';
import { silent } from '../../../src/utils/progress.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const place = temporaryDirectory();

test('as many as the real ones, no two alike, no picture of one colour', async () => {
  const progressed: number[] = [];
  const request: DataRequest = {
    data: 'built-in',
    cacheDir: place,
    seed: 5,
    options: {},
    progress: { ...silent, update: (_, done) => progressed.push(done) },
  };
  const loaded = await cats.load(request);
  expect(loaded.source).toBe('built-in');
  expect(loaded.standIn).toMatch(/SYNTHETIC DATA.*drawings of cats.*zoo data cats --data download/);
  const { train, test } = loaded;
  expect([train.rows, test.rows]).toEqual([209, 50]);
  expect(train.labels.filter((label) => label === 1)).toHaveLength(72);
  expect(test.labels.filter((label) => label === 1)).toHaveLength(33);
  const pictures = [train, test].flatMap(({ inputs, rows }) =>
    Array.from({ length: rows }, (_, row) => Buffer.from(inputs.subarray(row * 12288, (row + 1) * 12288))),
  );
  expect(new Set(pictures.map((picture) => picture.toString('latin1'))).size).toBe(259);
  for (const picture of pictures) expect(new Set(picture).size).toBeGreaterThan(20);
  expect(progressed.length).toBeGreaterThan(10);

  progressed.length = 0;
  const again = await cats.load({ ...request, seed: 6 });
  expect(progressed).toEqual([]);
  // Their hashes: comparing millions of pixels one by one takes jest a long time.
  expect(again.files).toEqual(loaded.files);
}, 180_000);
