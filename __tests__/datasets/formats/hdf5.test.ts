import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCatSets } from '../../../datasets/formats/cat-sets.ts';
import { answer } from '../../../datasets/formats/hdf5-thread.js';
import { readHdf5 } from '../../../datasets/formats/hdf5.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { catFile, makeHdf5 } from '../cat-file.ts';

const megabyte = 2 ** 20;

test('a compressed array is read in a thread; an absent one is left out', async () => {
  const bytes = await makeHdf5((file) => {
    file.create_dataset({ name: 'packed', data: new Uint8Array(100), chunks: [10], compression: 'gzip' });
  });
  const sets = await readHdf5(bytes, 'a.h5', ['packed', 'absent'], megabyte);
  expect([...sets]).toEqual([['packed', { shape: [100], values: new Uint8Array(100) }]]);
}, 60_000);

test('links to other files are not followed, bombs not unpacked', async () => {
  const bytes = await makeHdf5((file) => {
    file.create_external_link('/etc/hostname', '/', 'link');
    file.create_group('group');
    file.create_dataset({
      name: 'bomb',
      data: new Uint8Array(4 * megabyte),
      chunks: [megabyte],
      compression: 'gzip',
    });
  });
  expect(bytes.length).toBeLessThan(megabyte);
  const read = (name: string) => readHdf5(bytes, 'a.h5', [name], megabyte);
  await expect(read('link')).rejects.toThrow(new InputError('a.h5: "link" is not an array'));
  await expect(read('group')).rejects.toThrow(new InputError('a.h5: "group" is not an array'));
  await expect(read('bomb')).rejects.toThrow('"bomb" of shape 4194304 makes 4194304 bytes, at most 1048576');
}, 60_000);

test.each([
  ['no HDF5 file', Buffer.from('no HDF5'), 'a.h5: this is not an HDF5 file'],
  ['a beginning alone', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), 'a.h5: the file is damaged'],
])(
  '%s',
  async (_, bytes, message) => {
    const reading = readHdf5(bytes, 'a.h5', ['x'], megabyte);
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(message);
  },
  60_000,
);

test('what an array is, is told by what it holds; each refusal says why', async () => {
  const bytes = await makeHdf5((file) => {
    file.create_dataset({ name: 'bytes', data: Uint8Array.of(1, 2, 3, 250, 5, 6), shape: [2, 3] });
    file.create_dataset({ name: 'long', data: BigInt64Array.of(-1n, 7n) });
    file.create_dataset({ name: 'signed', data: Int8Array.of(-1, 7) });
    file.create_dataset({ name: 'half', data: Float64Array.of(0.5) });
    file.create_dataset({ name: 'texts', data: ['non-cat', 'cat'], dtype: 'S7' });
    file.create_dataset({ name: 'any', data: ['non-cat', 'cat'], dtype: 'S' });
    file.create_dataset({ name: 'few', data: new Uint8Array(3), maxshape: [null], chunks: [1000] });
    file.create_group('group');
  });
  const read = (name: string, maxArrayBytes = megabyte) => answer({ bytes, sets: [name], maxArrayBytes });
  const array = (shape: number[], values: unknown) => ({ shape, values });
  expect(answer({ bytes, sets: ['long', 'absent', 'texts'], maxArrayBytes: 16 })).toEqual({
    arrays: { long: array([2], Float64Array.of(-1, 7)), texts: array([2], ['non-cat', 'cat']) },
  });
  expect(read('bytes')).toEqual({ arrays: { bytes: array([2, 3], Uint8Array.of(1, 2, 3, 250, 5, 6)) } });
  expect(read('signed')).toEqual({ arrays: { signed: array([2], Float64Array.of(-1, 7)) } });
  expect(read('half')).toEqual({ arrays: { half: array([1], Float64Array.of(0.5)) } });
  expect(read('absent')).toEqual({ arrays: {} });
  expect(read('bytes', 6)).toHaveProperty('arrays');
  expect(read('bytes', 5)).toEqual({ problem: '"bytes" of shape 2×3 makes 6 bytes, at most 5 are read' });
  expect(read('long', 15)).toEqual({ problem: '"long" of shape 2 makes 16 bytes, at most 15 are read' });
  // A piece is unpacked whole, however little of it is in use.
  expect(read('few', 1000)).toEqual({ arrays: { few: array([3], new Uint8Array(3)) } });
  expect(read('few', 999)).toEqual({ problem: '"few" of shape 3 makes 1000 bytes, at most 999 are read' });
  expect(read('group')).toEqual({ problem: '"group" is not an array' });
  expect(read('any')).toEqual({ problem: '"any" holds neither numbers nor texts of fixed length' });
});

describe('the layout of the cat files', () => {
  test('pictures are flattened row by row', async () => {
    const examples = await readCatSets(await catFile({ rows: 3 }), 'a.h5', 'train');
    expect(examples).toMatchObject({ rows: 3, features: 12288, divisor: 255 });
    expect(Array.from(examples.labels)).toEqual([0, 1, 0]);
    expect(Array.from(examples.inputs.subarray(12288, 12292))).toEqual(
      [12288, 12289, 12290, 12291].map((v) => v % 251),
    );
  }, 60_000);

  test.each([
    ['an absent set', { labelsName: 'other' }, 'a.h5: the file lacks the set train_set_y'],
    [
      'another shape',
      { shape: [3, 64, 192] },
      'a.h5, train_set_x: the shape is 3×64×192, expected pictures×64×64×3',
    ],
    ['wide values', { wide: true }, 'a.h5, train_set_x: expected unsigned bytes'],
    ['another count', { labels: [0, 1] }, 'train_set_x holds 3 pictures, train_set_y 2 labels'],
    [
      'a third class',
      { labels: [0, 1, 2] },
      'a.h5, train_set_y: label 2 is 2, expected 0 (non-cat) or 1 (cat)',
    ],
    ['exchanged classes', { classes: ['cat', 'non-cat'] }, 'list_classes: the classes are "cat, non-cat"'],
  ])(
    '%s',
    async (_, change, message) => {
      const reading = readCatSets(await catFile({ rows: 3, ...change }), 'a.h5', 'train');
      await expect(reading).rejects.toThrow(message);
      await expect(reading).rejects.toThrow(InputError);
    },
    60_000,
  );
});

/** Few runs, because every file gets a thread and a copy of the library of its own. */
test('a mutated file is read or refused', async () => {
  const original = await catFile({ rows: 1 });
  const change = fc.record({ at: fc.nat(2400), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
      const bytes = original.slice();
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      try {
        const { rows, inputs, labels } = await readCatSets(bytes, 'a.h5', 'train');
        expect([inputs.length, labels.length]).toEqual([rows * 12288, rows]);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as InputError).message).toMatch(/^a\.h5[,:]/);
      }
    }),
    { seed: 23, numRuns: 5 },
  );
}, 120_000);
