import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digitSet } from '../../../datasets/built-in/digit-sets.ts';
import { keep } from '../../../datasets/built-in/keep.ts';
import { silent } from '../../../src/utils/progress.ts';
import { sha256 } from '../../../src/node/files.ts';
import { abandon } from '../../helpers/abandon.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

let place: string;
let path: string;
beforeEach(() => {
  place = temporaryDirectory();
  path = join(place, 'deep', 'kept.bin');
});

describe('keep', () => {
  const content = Uint8Array.from({ length: 1000 }, (_, i) => i);
  let made = 0;
  beforeEach(() => {
    made = 0;
  });
  const make = () => Promise.resolve((made++, content));

  async function kept(fresh = true, notes: string[] = []) {
    const { content: got, sha256: digest } = await keep(
      path,
      1000,
      () => fresh,
      make,
      (note) => notes.push(note),
    );
    expect(got).toEqual(content);
    expect(digest).toBe(sha256(content));
    return made;
  }

  test('makes once and returns the same ever after', async () => {
    expect(await kept()).toBe(1);
    expect(await kept()).toBe(1);
    expect(readdirSync(join(place, 'deep'))).toEqual(['kept.bin']);
  });

  test.each<[string, () => void]>([
    ['cut short', () => truncateSync(path, 500)],
    ['empty', () => truncateSync(path, 0)],
    ['longer', () => writeFileSync(path, 'x', { flag: 'a' })],
    [
      'changed in one bit of its content',
      () => writeFileSync(path, readFileSync(path).fill(readFileSync(path)[700] ^ 1, 700, 701)),
    ],
    [
      'changed in one bit of its digest',
      () => writeFileSync(path, readFileSync(path).fill(readFileSync(path)[7] ^ 1, 7, 8)),
    ],
  ])('makes again what was %s, and keeps that', async (_, damage) => {
    await kept();
    damage();
    expect(await kept()).toBe(2);
    expect(await kept()).toBe(2);
  });

  test('makes again what another version kept', async () => {
    await kept();
    expect(await kept(false)).toBe(2);
  });

  test.each([true, false])(
    'removes what a killed process left, whether it makes (%s) or finds',
    async (makes) => {
      if (makes) mkdirSync(join(place, 'deep'));
      else await kept();
      abandon(path);
      await kept();
      expect(readdirSync(join(place, 'deep'))).toEqual(['kept.bin']);
    },
  );

  test('that cannot write says so and returns what was made', async () => {
    writeFileSync(join(place, 'deep'), 'a file in the way');
    const notes: string[] = [];
    expect(await kept(true, notes)).toBe(1);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^cannot make the directory .*; this will be computed again next time$/);
  });
});

describe('digitSet', () => {
  const habits = { batch: 8, worthKeeping: 30, samples: 2 };
  const tasks: string[] = [];
  beforeEach(() => void tasks.splice(0));
  const reports: [number, number?][] = [];
  const progress = {
    ...silent,
    update: (_: string, ...report: [number, number?]) => void reports.push(report),
    finish: (task: string) => tasks.push(task),
  };
  const draw = (count: number) => digitSet('test', count, { cacheDir: place, progress }, habits);
  const equal = (one: Uint8Array, other: Uint8Array) => expect(sha256(one)).toBe(sha256(other));

  test('a shorter set is the beginning of a longer one, and too small to be kept', async () => {
    const long = await draw(29);
    const short = await draw(13);
    equal(long.pixels.subarray(0, 13 * 784), short.pixels);
    equal(long.labels.subarray(0, 13), short.labels);
    expect(readdirSync(place)).toEqual([]);
  });

  test('no two images are the same, in one batch or in several, in one set or in both', async () => {
    const both = [await draw(29), await digitSet('train', 29, { cacheDir: place, progress }, habits)];
    const images = both.flatMap(({ pixels }) =>
      Array.from({ length: 29 }, (_, i) => sha256(pixels.subarray(784 * i, 784 * (i + 1)))),
    );
    expect(new Set(images).size).toBe(58);
  });

  test('tells how many are drawn, up to all of them', async () => {
    reports.splice(0);
    await draw(13);
    expect(reports).toEqual([
      [8, 13],
      [13, 13],
    ]);
  });

  test('a large set is kept, found again, and drawn again where it is not what is drawn today', async () => {
    const first = await draw(30);
    const second = await draw(30);
    expect(tasks).toEqual(['drawing test digits']);
    expect(second.sha256).toBe(first.sha256);
    equal(second.pixels, first.pixels);
    equal(second.labels, first.labels);

    const file = join(place, 'built-in', 'digits-test-30.bin');
    const other = readFileSync(file).subarray(32).fill(1, 0, 784);
    writeFileSync(file, Buffer.concat([Buffer.from(sha256(other), 'hex'), other]));
    expect((await draw(30)).sha256).toBe(first.sha256);
    expect(tasks).toHaveLength(2);
  });
});
