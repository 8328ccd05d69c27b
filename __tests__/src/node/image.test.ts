import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { decodeBytes, decodeImage, rowFromImage } from '../../../src/node/image.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();

type Color = [number, number, number];
const red: Color = [255, 0, 0];
const blue: Color = [0, 0, 255];

/** A picture of `width × 2·half` whose upper half is red and whose lower half is blue. */
function redOverBlue(width = 40, half = 30): Sharp {
  const pixels = Buffer.alloc(width * half * 6);
  for (let i = 0; i < width * half * 2; i++) pixels.set(i < width * half ? red : blue, i * 3);
  return sharp(pixels, { raw: { width, height: half * 2, channels: 3 } });
}

/** Colors at the middle of the top, right, bottom and left edge of the picture at 64×32. */
async function edges(bytes: Uint8Array) {
  const { pixels, width, height, channels } = await decodeBytes(bytes, 'picture', {
    resize: { width: 64, height: 32 },
  });
  expect([width, height, channels, pixels.length]).toEqual([64, 32, 3, 6144]);
  const at = (x: number, y: number) => Array.from(pixels.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3));
  return { top: at(32, 2), right: at(61, 16), bottom: at(32, 29), left: at(2, 16) };
}

function expectNear(color: number[], expected: Color, tolerance = 12) {
  color.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(tolerance));
}

test.each(['png', 'jpeg', 'webp', 'tiff', 'avif', 'gif'] as const)('%s', async (format) => {
  const { top, bottom } = await edges(await redOverBlue().toFormat(format).toBuffer());
  expectNear(top, red);
  expectNear(bottom, blue);
});

test('pixels lie row by row, the colors of a pixel together', async () => {
  const { pixels } = await decodeBytes(await redOverBlue(2, 1).png().toBuffer(), 'picture');
  expect(Array.from(pixels)).toEqual([...red, ...red, ...blue, ...blue]);
});

test('EXIF orientation 6 turns the top to the right', async () => {
  const bytes = await redOverBlue().jpeg().withMetadata({ orientation: 6 }).toBuffer();
  const { right, left } = await edges(bytes);
  expectNear(right, red);
  expectNear(left, blue);
});

test('transparency shows white', async () => {
  const clear = sharp({
    create: { width: 9, height: 5, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  });
  expectNear((await edges(await clear.png().toBuffer())).top, [255, 255, 255], 0);
  const { pixels } = await decodeBytes(await clear.png().toBuffer(), 'picture', { grey: true });
  expect([...pixels]).toEqual(Array(45).fill(255));
});

test('grey, grey of 16 bits and CMYK become red, green and blue', async () => {
  const grey = redOverBlue().grayscale();
  const { top } = await edges(await grey.clone().png().toBuffer());
  expect(top[0]).toBe(top[1]);
  expect(top[1]).toBe(top[2]);
  const deep = await edges(await grey.clone().toColourspace('grey16').png().toBuffer());
  expectNear(deep.top, top as Color, 1);
  const print = await edges(await redOverBlue().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
  expect(print.top[0]).toBeGreaterThan(print.top[2] + 100);
  expect(print.bottom[2]).toBeGreaterThan(print.bottom[0] + 60);
});

test('opacity on request, of pictures that have it and of others', async () => {
  const plain = await decodeBytes(await redOverBlue(4, 2).png().toBuffer(), 'picture', { alpha: true });
  expect(plain).toMatchObject({ channels: 4, width: 4, height: 4 });
  expectNear([...plain.pixels.subarray(0, 3)] as Color, red);
  expect(plain.pixels[3]).toBe(255);
  const grey = sharp(Buffer.of(10, 0, 20, 128), { raw: { width: 2, height: 1, channels: 2 } });
  const { pixels } = await decodeBytes(await grey.png().toBuffer(), 'picture', { alpha: true });
  expect([...pixels]).toEqual([10, 10, 10, 0, 20, 20, 20, 128]);
});

/** A gray TIFF of 4×1 pixels. @param format 1: unsigned, 2: signed, 3: float */
function tiff(bits: number, format: number, pixels: Uint8Array): Buffer {
  // prettier-ignore
  const tags = [
    [256, 4], [257, 1], [258, bits], [259, 1], [262, 1], [273, 8], [277, 1], [278, 1], [279, pixels.length], [339, format],
  ];
  const directory = Buffer.alloc(2 + 12 * tags.length + 4);
  directory.writeUInt16LE(tags.length);
  tags.forEach(([tag, value], i) => {
    directory.writeUInt16LE(tag, 2 + 12 * i);
    directory.writeUInt16LE(4, 4 + 12 * i);
    directory.writeUInt32LE(1, 6 + 12 * i);
    directory.writeUInt32LE(value, 10 + 12 * i);
  });
  const header = Buffer.from('II*\0\0\0\0\0', 'latin1');
  header.writeUInt32LE(8 + pixels.length, 4);
  return Buffer.concat([header, pixels, directory]);
}

test.each([
  [8, 1, Uint8Array.of(0, 64, 128, 255)],
  [16, 1, Uint16Array.of(0, 64 * 257, 128 * 257, 65535)],
])('TIFF of %i bits is scaled to 0 … 255', async (bits, format, values) => {
  const bytes = tiff(bits, format, new Uint8Array(values.buffer));
  const { pixels } = await decodeBytes(bytes, 'scan.tif', { grey: true });
  expect([...pixels]).toEqual([0, 64, 128, 255]);
});

test.each<[string, number, Uint32Array | Int32Array | Float32Array | Int16Array]>([
  ['float', 3, Float32Array.of(0, 0.25, 0.5, 1)],
  ['uint', 1, Uint32Array.of(0, 2 ** 30, 2 ** 31, 2 ** 32 - 1)],
  ['int', 2, Int32Array.of(0, 2 ** 29, 2 ** 30, 2 ** 31 - 1)],
  ['short', 2, Int16Array.of(-9, 0, 9, 32767)],
])('TIFF of type %s is rejected, not read as zeros', async (type, format, values) => {
  const bytes = tiff(8 * values.BYTES_PER_ELEMENT, format, new Uint8Array(values.buffer));
  await expect(decodeBytes(bytes, 'scan.tif')).rejects.toThrow(
    `Cannot read scan.tif as an image: its pixels have the type ${type}; save it with 8 or 16 bits per channel, unsigned.`,
  );
});

const limits = 'at most 65535 per side and 60 megapixels are allowed.';

/** A PNG that claims a size. */
async function pngOfSize(width: number, height: number): Promise<Buffer> {
  const png = await redOverBlue().png().toBuffer();
  // The size is in the first chunk, which its checksum follows.
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

describe('refused, naming the file', () => {
  test.each([
    ['a text', () => Buffer.from('no picture at all'), 'not a picture in a known format'],
    ['nothing', () => Buffer.alloc(0), 'not a picture in a known format'],
    [
      'SVG',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'not a picture in a known format',
    ],
    ['a big-endian TIFF without pixels', () => Buffer.from('MM\0*\0\0\0\b', 'latin1'), 'broken'],
    ['half a JPEG', async () => (await redOverBlue(300, 150).jpeg().toBuffer()).subarray(0, 700), 'broken'],
    ['a PNG without pixels', async () => (await redOverBlue().png().toBuffer()).subarray(0, 40), 'broken'],
    ['10 000×10 000 pixels', () => pngOfSize(10_000, 10_000), `it has 10000×10000 pixels; ${limits}`],
    ['a row of 60 000 000 pixels', () => pngOfSize(60e6, 1), `it has 60000000×1 pixels; ${limits}`],
    ['a column of 65 536 pixels', () => pngOfSize(1, 65_536), `it has 1×65536 pixels; ${limits}`],
  ])('%s', async (name, make, message) => {
    const path = join(directory, `${name}.jpg`);
    await writeFile(path, await make());
    const decoding = decodeImage(path, { resize: { width: 64, height: 64 } });
    await expect(decoding).rejects.toThrow(InputError);
    await expect(decodeImage(path)).rejects.toThrow(`Cannot read ${name}.jpg as an image: `);
    await expect(decodeImage(path)).rejects.toThrow(message);
  });
});

test('a file of more than 64 MiB is rejected before it is read', async () => {
  const path = join(directory, 'large.png');
  await writeFile(path, '');
  await truncate(path, 64 * 1024 ** 2 + 1);
  await expect(decodeImage(path)).rejects.toThrow('its 67108865 bytes are more than the 67108864 allowed');
});

test('mutated pictures decode or are refused', async () => {
  const originals = await Promise.all(
    (['png', 'jpeg', 'webp', 'gif'] as const).map((format) =>
      redOverBlue(24, 12).toFormat(format).toBuffer(),
    ),
  );
  const mutation = fc.record({
    which: fc.nat(originals.length - 1),
    changes: fc.array(fc.record({ at: fc.nat(999), byte: fc.nat(255) }), { maxLength: 6 }),
    keep: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutation, async ({ which, changes, keep }) => {
      const bytes = Buffer.from(originals[which].subarray(0, Math.round(keep * originals[which].length)));
      for (const { at, byte } of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      try {
        const { pixels } = await decodeBytes(bytes, 'picture', { resize: { width: 8, height: 8 } });
        expect(pixels).toHaveLength(192);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        refused++;
      }
    }),
    { seed: 17, numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(10);
});

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
  // The stroke stands upright.
  const lengths = [28, 1].map((step) => {
    const lines = Array.from({ length: 28 }, (_, i) =>
      rows[0].filter((_, p) => Math.floor(p / step) % 28 === i),
    );
    return lines.filter((line) => Math.max(...line) > 0.5).length;
  });
  expect(lengths).toEqual([20, expect.any(Number)]);
  expect(lengths[1]).toBeLessThan(6);
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[2]).toEqual(rows[0]);
});

test('an empty page is rejected', async () => {
  const path = await picture('empty.png', 'white', 'white');
  await expect(rowFromImage(digits, path)).rejects.toThrow(
    new InputError(`${path} shows no digit: all its pixels are alike.`),
  );
});

test('an image that does not have as many values as the model takes is rejected with both numbers', async () => {
  const path = await picture('line.png', 'white', 'black');
  await expect(rowFromImage({ ...digits, features: 785 }, path)).rejects.toThrow(
    new InputError(`${path} makes 784 numbers of pixels, but the model mnist takes 785.`),
  );
});
