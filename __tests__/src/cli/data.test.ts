/** The description and the drawing of a dataset by `zoo data`. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { zooHere } from '../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
const cats = [5, 3];

beforeAll(async () => {
  for (const [split, number] of [
    ['train', cats[0]],
    ['test', cats[1]],
  ] as const) {
    for (const [kind, count] of [
      ['cat', number],
      ['non-cat', number - 1],
    ] as const) {
      const folder = join(directory, 'cats', split, kind);
      mkdirSync(folder, { recursive: true });
      for (let i = 0; i < count; i++) {
        const background = kind === 'cat' ? { r: 255, g: 0, b: 0 } : { r: 0, g: 0, b: 51 };
        const picture = sharp({ create: { width: 64, height: 64, channels: 3, background } });
        writeFileSync(join(folder, `${i}.png`), await picture.png().toBuffer());
      }
    }
  }
});

const data = (...args: string[]) => zooHere(['data', ...args, '--data-dir', directory], directory);

describe('a folder of images', () => {
  test('is described by rows, values, classes and its first six files', async () => {
    const { stdout, code } = await data('cats', '--data', 'dir');
    expect(code).toBe(0);
    expect(stdout).toContain('cats: source dir, 12288 features, 2 classes');
    // Of 5 red and 4 dark blue pictures: (5·1 + 4·0.2) / 27 is the mean of all their colors.
    expect(stdout).toMatch(/^train +9 +0\.000 +1\.000 +0\.2148 +0\.3\d+ +0 +4096$/m);
    expect(stdout).toMatch(/^test +5 +0\.000 +1\.000/m);
    expect(stdout).toMatch(/^cat +5 \(55\.6 %\) +3 \(60\.0 %\)$/m);
    expect(stdout).toMatch(/^non-cat +4 \(44\.4 %\) +2 \(40\.0 %\)$/m);
    expect(stdout.match(/\.png +\d+ +[0-9a-f]{12}…$/gm)).toHaveLength(6);
    expect(stdout).toContain('and 8 more files');
    expect(stdout).not.toContain('contact sheet');
  });

  test('is drawn with --out or --show', async () => {
    const { stdout } = await data('cats', '--out', 'sheet.png', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ contactSheet: 'sheet.png', source: 'dir', features: 12288 });
    const { format, width } = await sharp(await readFile(join(directory, 'sheet.png'))).metadata();
    expect(format).toBe('png');
    expect(width).toBeGreaterThan(500);
    expect((await data('cats', '--show')).stdout).toContain('contact sheet: cats.png');
  });
});

test('computed rows have no files and no images', async () => {
  const { stdout } = await data('logic-gates');
  expect(stdout).toContain('logic-gates: source built-in, 2 features, 2 classes');
  expect(stdout).not.toMatch(/sha256|█|▓/);
});

test('grey images: the first two are printed side by side under their classes', async () => {
  for (const [name, level] of [
    ['grey', 128],
    ['white', 255],
  ] as const) {
    mkdirSync(join(directory, 'levels', name), { recursive: true });
    const background = { r: level, g: level, b: level };
    const picture = sharp({ create: { width: 4, height: 4, channels: 3, background } });
    await picture.toFile(join(directory, 'levels', name, 'a.png'));
  }
  const words = ['data', 'levels', '--size', '4x4', '--grey', '--test-share', '0'];
  const { stdout } = await zooHere(words, directory);
  expect(stdout.split('\n').slice(-4)).toEqual(['grey    white   ', '++++    @@@@', '++++    @@@@', '']);
});

test('a table is described by its rows, columns and inputs', async () => {
  const rows = Array.from({ length: 10 }, (_, i) => `${i},${['red', 'blue'][i % 2]},${['yes', 'no'][i % 2]}`);
  writeFileSync(join(directory, 't.csv'), ['size,color,kind', ...rows].join('\n'));
  const { stdout } = await zooHere(['data', 't.csv', '--target', 'kind'], directory);
  expect(stdout).toMatch(/^t\.csv: 10 rows, 3 columns, which become 3 inputs$/m);
});
