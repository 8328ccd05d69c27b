import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../../src/utils/errors.ts';
import { rowFromImage } from '../../../src/node/row-from-image.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'row-from-image-'));
});
afterAll(() => rm(directory, { recursive: true }));

const digits = {
  file: {
    model: 'mnist',
    preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
  },
  features: 784,
} as const;

async function picture(name: string, background: string, ink: string): Promise<string> {
  const path = join(directory, name);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="${background}"/><path d="M90 20 V120" stroke="${ink}" stroke-width="12"/></svg>`;
  await sharp(Buffer.from(svg)).toFile(path);
  return path;
}

test('strokes on transparency are read, be they white or black', async () => {
  const rows = await Promise.all([
    picture('a.png', 'white', 'black').then((path) => rowFromImage(digits, path)),
    picture('b.png', 'none', 'white').then((path) => rowFromImage(digits, path)),
    picture('c.png', 'none', 'black').then((path) => rowFromImage(digits, path)),
  ]);
  expect(Math.max(...rows[0])).toBe(1);
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
});

describe('what is no digit is refused with a sentence', () => {
  test('an empty page', async () => {
    const path = await picture('empty.png', 'white', 'white');
    await expect(rowFromImage(digits, path)).rejects.toThrow(
      new InputError(`${path} shows no digit: all its pixels are alike.`),
    );
  });

  test('a text file, half a PNG, nothing at all', async () => {
    const text = join(directory, 'text.png');
    await writeFile(text, 'not a picture');
    const half = join(directory, 'half.png');
    await writeFile(half, (await readFile(await picture('whole.png', 'white', 'black'))).subarray(0, 300));
    for (const path of [text, half, join(directory, 'missing.png')]) {
      await expect(rowFromImage(digits, path)).rejects.toThrow(InputError);
    }
  });
});
