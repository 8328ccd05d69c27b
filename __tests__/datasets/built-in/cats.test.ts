import { expect, test } from '@jest/globals';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawCats } from '../../../datasets/built-in/cats.ts';
import type { Examples } from '../../../src/data/dataset.ts';
import { silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const digest = ({ inputs }: Examples) => sha256(inputs as Uint8Array);

const place = temporaryDirectory();
let calls = 0;

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
