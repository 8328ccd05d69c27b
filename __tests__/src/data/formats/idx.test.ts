import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { idxFileLength, parseIdx, parseIdxImages, parseIdxLabels } from '../../../../src/data/formats/idx.ts';
import { unzip } from '../../../../src/data/formats/unzip.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { writeIdx } from '../../../datasets/formats/write-idx.ts';

const images = writeIdx([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
const labels = writeIdx([4], [9, 0, 3, 9]);
const changed = (bytes: Uint8Array, at: number, value: number) => bytes.with(at, value);
const bytes = (...values: number[]) => Uint8Array.from(values);

describe('parseIdx', () => {
  test('gives the shape and a view of the values', () => {
    const { shape, values } = parseIdx(images, 'images', 3);
    expect(shape).toEqual([2, 2, 3]);
    expect([...values]).toEqual([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
    expect(values.buffer).toBe(images.buffer);
  });

  test('reads a view that does not begin with its buffer', () => {
    const shifted = new Uint8Array([7, 7, 7, ...labels, 7]).subarray(3, 3 + labels.length);
    expect([...parseIdx(shifted, 'labels', 1).values]).toEqual([9, 0, 3, 9]);
  });

  test.each<[string, Uint8Array, number, string]>([
    ['nothing', bytes(), 3, 'f, byte 0: the file ends inside the magic number of an IDX file'],
    [
      'half a magic number',
      bytes(0, 0),
      3,
      'f, byte 2: the file ends inside the magic number of an IDX file',
    ],
    [
      'text',
      Buffer.from('5,0,0,0'),
      3,
      'f, byte 0: this is not an IDX file, which begins with two zero bytes',
    ],
    [
      'byte 1',
      changed(images, 1, 1),
      3,
      'f, byte 1: this is not an IDX file, which begins with two zero bytes',
    ],
    [
      'floats',
      changed(images, 2, 0x0d),
      3,
      'f, byte 2: the values are 32-bit floats, expected unsigned bytes (0x08)',
    ],
    [
      'another type',
      changed(images, 2, 7),
      3,
      'f, byte 2: the values are unknown type 0x07, expected unsigned bytes (0x08)',
    ],
    ['labels for images', labels, 3, 'f, byte 3: the data has 1 dimensions, expected 3'],
    ['half a header', images.subarray(0, 10), 3, 'f, byte 10: the file ends inside its header of 16 bytes'],
    ['no rows', writeIdx([0, 2, 3], []), 3, 'f, byte 4: a dimension is 0, so the file holds no data'],
    ['no columns', writeIdx([2, 2, 0], []), 3, 'f, byte 12: a dimension is 0, so the file holds no data'],
    [
      'a missing byte',
      images.subarray(0, 27),
      3,
      'f, byte 27: the file ends too early; its header (2×2×3) makes 28 bytes, the file has 27',
    ],
    [
      'a byte too many',
      Uint8Array.of(...images, 0),
      3,
      'f, byte 28: bytes follow the end of the data; its header (2×2×3) makes 28 bytes, the file has 29',
    ],
    [
      'sizes beyond all memory',
      writeIdx([2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1], []),
      3,
      `f, byte 16: the file ends too early; its header (4294967295×4294967295×4294967295) makes ${16 + (2 ** 32 - 1) ** 3} bytes, the file has 16`,
    ],
  ])('refuses %s and names the byte', (_, content, rank, message) => {
    expect(() => parseIdx(content, 'f', rank)).toThrow(new InputError(message));
  });
});

test('images of another size are refused', () => {
  expect([...parseIdxImages(images, 'f', 2, 3)]).toHaveLength(12);
  expect(() => parseIdxImages(images, 'f', 3, 3)).toThrow('f, byte 8: the images are 2×3, expected 3×3');
  expect(() => parseIdxImages(images, 'f', 2, 2)).toThrow('f, byte 12: the images are 2×3, expected 2×2');
});

test('labels out of range are refused', () => {
  expect([...parseIdxLabels(labels, 'f', 10)]).toEqual([9, 0, 3, 9]);
  expect(() => parseIdxLabels(labels, 'f', 9)).toThrow(
    new InputError('f, byte 8: label 0 is 9, expected 0 to 8'),
  );
  expect(() => parseIdxLabels(changed(labels, 10, 10), 'f', 10)).toThrow(
    'f, byte 10: label 2 is 10, expected 0 to 9',
  );
});

describe('gzipped', () => {
  const limited = (limit: number) => (beginning: Uint8Array) => idxFileLength(beginning, 'f', 3, limit);

  test('files are unpacked, others left as they are', async () => {
    expect(await unzip(gzipSync(images), 'f', limited(1000))).toEqual(images);
    expect(await unzip(images, 'f', limited(1))).toBe(images);
  });

  test('what comes out is a plain array, whose slices are copies', async () => {
    const unpacked = await unzip(gzipSync(images), 'f', limited(1000));
    unpacked.slice(0, 4).fill(1);
    expect(unpacked[0]).toBe(0);
  });

  test('a bomb is refused by its header, or at the length of its header', async () => {
    const large = gzipSync(writeIdx([1000, 28, 28], new Uint8Array(784_000)));
    await expect(unzip(large, 'f', limited(1000))).rejects.toThrow(
      new InputError('f, byte 4: the header (1000×28×28) makes 784016 bytes, at most 1000 are read'),
    );
    const longer = gzipSync(Buffer.concat([images, Buffer.alloc(10_000_000)]));
    await expect(unzip(longer, 'f', limited(1e9))).rejects.toThrow(
      new InputError('f: it unpacks to more than 28 bytes'),
    );
  });

  test.each([
    ['cut short', gzipSync(images).subarray(0, 25)],
    ['cut to its magic number', gzipSync(images).subarray(0, 2)],
    ['with a wrong checksum', changed(gzipSync(images), gzipSync(images).length - 5, 0)],
    ['of nothing', gzipSync(Buffer.alloc(0))],
    ['followed by junk', Buffer.concat([gzipSync(images), Buffer.from('junk')])],
  ])('a file %s is wrong input', async (_, content) => {
    await expect(unzip(content, 'f', limited(1000))).rejects.toBeInstanceOf(InputError);
  });
});

describe('whatever the bytes are', () => {
  const limit = 4096;

  /** Reads as a dataset does; the only thing that may go wrong is the input, and no more than the limit comes out. */
  async function readAnything(content: Uint8Array, rank: 1 | 3) {
    try {
      const unpacked = await unzip(content, 'f', (beginning) => idxFileLength(beginning, 'f', rank, limit));
      if (unpacked !== content) expect(unpacked.length).toBeLessThanOrEqual(limit);
      const { shape, values } = parseIdx(unpacked, 'f', rank);
      expect(shape).toHaveLength(rank);
      expect(values).toHaveLength(shape.reduce((product, size) => product * size));
      return { shape, values };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.message).toMatch(/^f[,:] [^\n]+$/);
      return undefined;
    }
  }

  const rank = fc.constantFrom<(1 | 3)[]>(1, 3);
  const valid = fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
  );
  const mutation = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    value: fc.nat(255),
  });
  const settings = { seed: 1, numRuns: 500 };
  /** Milliseconds, for a machine that is busy with other things. */
  const patience = 60_000;

  test(
    'random bytes, with and without a magic number',
    async () => {
      const magic = fc.constantFrom([], [0, 0, 8, 1], [0, 0, 8, 3], [0x1f, 0x8b], [0x1f, 0x8b, 8, 0]);
      const input = fc.tuple(magic, fc.uint8Array({ maxLength: 60 }), rank);
      await fc.assert(
        fc.asyncProperty(input, async ([start, rest, dimensions]) => {
          await readAnything(Uint8Array.of(...start, ...rest), dimensions);
        }),
        settings,
      );
    },
    patience,
  );

  test(
    'valid files, plain and gzipped, are read; changed and cut ones are read or refused',
    async () => {
      const input = fc.tuple(
        valid,
        fc.boolean(),
        fc.array(mutation, { maxLength: 3 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
      );
      await fc.assert(
        fc.asyncProperty(input, async ([shape, zipped, mutations, kept]) => {
          const values = Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => i);
          const plain = writeIdx(shape, values);
          const file = Uint8Array.from(zipped ? gzipSync(plain) : plain);
          expect(await readAnything(file, 3)).toEqual({ shape, values });
          for (const { at, value } of mutations) file[Math.floor(at * file.length)] = value;
          const read = await readAnything(kept < 0.5 ? file.subarray(0, 2 * kept * file.length) : file, 3);
          // The checksum of a gzipped file leaves nothing changed unnoticed.
          if (zipped && read) expect(read).toEqual(parseIdx(gunzipSync(file), 'f', 3));
        }),
        settings,
      );
    },
    patience,
  );
});
