import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawCats } from '../../../datasets/built-in/cats.ts';
import { cats } from '../../../datasets/cats.ts';
import { type DataRequest, type Examples } from '../../../src/data/dataset.ts';
import { silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';

const digest = ({ inputs }: Examples) => sha256(inputs as Uint8Array);

let place: string;
let calls = 0;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'zoo-drawn-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

test('one seed, the same pictures; another, others', async () => {
  const draw = (seed: number) =>
    drawCats(
      { name: 'few', pictures: 9, cats: 4, seed },
      { cacheDir: join(place, `${seed}-${calls++}`), progress: silent },
    );
  const first = await draw(1);
  expect(first).toMatchObject({ rows: 9, features: 12288, divisor: 255 });
  expect(first.labels.filter((label) => label === 1)).toHaveLength(4);
  expect(digest(await draw(1))).toBe(digest(first));
  expect(digest(await draw(2))).not.toBe(digest(first));
}, 180_000);

test('kept by a name of what they depend on; where they cannot be kept, that is said', async () => {
  const notes: string[] = [];
  const draw = (cacheDir: string) =>
    drawCats(
      { name: 'few', pictures: 5, cats: 2, seed: 3 },
      { cacheDir, progress: { ...silent, note: (note) => void notes.push(note) } },
    );
  const cacheDir = join(place, 'kept');
  const drawn = await draw(cacheDir);
  expect(await readdir(join(cacheDir, 'built-in'))).toEqual([
    expect.stringMatching(/^cats-few-[0-9a-f]{16}\.bin$/),
  ]);
  expect(notes).toEqual([]);
  const file = join(place, 'a file');
  await writeFile(file, '');
  expect(digest(await draw(file))).toBe(digest(drawn));
  expect(notes).toEqual([expect.stringMatching(/; this will be computed again next time$/)]);
});

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
