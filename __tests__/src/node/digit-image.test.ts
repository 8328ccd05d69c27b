import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { readDigit } from '../../../src/node/digit-image.ts';
import { InputError } from '../../../src/core/errors.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'digit-image-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function picture(name: string, svg: string): Promise<string> {
  const path = join(directory, name);
  await sharp(Buffer.from(svg)).toFile(path);
  return path;
}

const centreOfMass = (pixels: Uint8Array): [number, number] => {
  let [mass, x, y] = [0, 0, 0];
  pixels.forEach((p, i) => {
    mass += p;
    x += p * (i % 28);
    y += p * Math.floor(i / 28);
  });
  return [x / mass, y / mass];
};

const extent = (pixels: Uint8Array): number => {
  const rows = new Set<number>();
  pixels.forEach((p, i) => p > 0 && rows.add(Math.floor(i / 28)));
  return rows.size;
};

const stroke = (background: string, ink: string, at: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="${background}"/>` +
  `<path d="M${at} 20 V120" stroke="${ink}" stroke-width="12"/></svg>`;

describe('a digit of any size, place and colour becomes what MNIST would have made of it', () => {
  test.each([
    ['black on white', 'white', 'black', 30],
    ['white on black', 'black', 'white', 250],
    ['blue on yellow', '#ffee88', '#222299', 150],
  ])('%s', async (name, background, ink, at) => {
    const pixels = await readDigit(await picture(`${name}.png`, stroke(background, ink, at)));
    expect(pixels).toHaveLength(784);
    expect(extent(pixels)).toBe(20);
    const [x, y] = centreOfMass(pixels);
    expect(x).toBeCloseTo(13.5, 0);
    expect(y).toBeCloseTo(13.5, 0);
    expect(Math.max(...pixels)).toBeGreaterThan(200);
    expect(pixels[0]).toBe(0);
  });
});

describe('what is no digit is refused with a sentence', () => {
  test('an empty page', async () => {
    const path = await picture('empty.png', stroke('white', 'white', 50));
    await expect(readDigit(path)).rejects.toThrow(/shows no digit/);
  });
  test('a text file, half a PNG, nothing at all', async () => {
    const text = join(directory, 'text.png');
    await writeFile(text, 'not a picture');
    const half = join(directory, 'half.png');
    await writeFile(
      half,
      (
        await sharp(Buffer.from(stroke('white', 'black', 50)))
          .png()
          .toBuffer()
      ).subarray(0, 300),
    );
    for (const path of [text, half, join(directory, 'missing.png')]) {
      await expect(readDigit(path)).rejects.toThrow(InputError);
    }
  });
});
