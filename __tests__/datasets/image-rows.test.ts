import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mnist } from '../../datasets/mnist.ts';
import { type DataRequest } from '../../src/core/data/dataset.ts';
import { silent } from '../../src/core/progress.ts';
import { InputError, WorkError } from '../../src/core/errors.ts';
import { sha256 } from '../../src/node/files.ts';
import { fingerprintOf } from '../../src/node/fingerprint.ts';
import { RowsOnDisk, versionOf } from '../../datasets/formats/rows-on-disk.ts';
import { areStored, closeDataset } from '../../src/core/data/stored-inputs.ts';
import { writeIdx } from './formats/write-idx.ts';

let place: string;
let notes: string[];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'zoo-images-'));
  mkdirSync(join(place, 'mnist'));
  notes = [];
});
afterEach(() => rmSync(place, { recursive: true }));

const pixels = (images: number) =>
  Uint8Array.from({ length: images * 784 }, (_, i) => (i * 7 + (i >> 9)) % 256);
const images = (count: number) => writeIdx([count, 28, 28], pixels(count));

const at = (name: string) => join(place, 'mnist', name);
const cache = () => join(place, 'cache');
const unpacked = () => join(cache(), 'unpacked');

/** So many training images, gzipped or not, and two test images. */
function putAll(count: number, { gzipped = false, content = images(count) } = {}) {
  rmSync(join(place, 'mnist'), { recursive: true });
  mkdirSync(join(place, 'mnist'));
  const name = `train-images-idx3-ubyte${gzipped ? '.gz' : ''}`;
  writeFileSync(at(name), gzipped ? gzipSync(content) : content);
  writeFileSync(
    at('train-labels-idx1-ubyte'),
    writeIdx(
      [count],
      pixels(count)
        .subarray(0, count)
        .map((b) => b % 10),
    ),
  );
  writeFileSync(at('t10k-images-idx3-ubyte'), images(2));
  writeFileSync(at('t10k-labels-idx1-ubyte'), writeIdx([2], [1, 2]));
  return at(name);
}

const load = (request: Partial<DataRequest> = {}) =>
  mnist.load({
    ...{ data: 'dir', dataDir: place, cacheDir: cache(), seed: 1, options: {}, dataMemory: 2000 },
    progress: { ...silent, note: (message) => notes.push(message) },
    ...request,
  });

describe.each([false, true])('gzipped: %s', (gzipped) => {
  test('rows beyond the memory for data stay on disk and are the same, with the same records', async () => {
    putAll(9, { gzipped });
    const memory = await load({ dataMemory: 2 ** 20 });
    expect([notes, areStored(memory.train.inputs)]).toEqual([[], false]);
    const disk = await load();
    expect(notes).toEqual(['9 training rows (0.0067 MiB) stay on disk: more than --data-memory 0.0019']);
    expect(disk.train.inputs).toBeInstanceOf(RowsOnDisk);
    const { inputs, ...rest } = disk.train;
    expect({ ...rest, inputs: inputs.subarray(0) }).toEqual({ ...memory.train, origin: rest.origin });
    expect([disk.test.inputs, disk.files]).toEqual([memory.test.inputs, memory.files]);
    expect(await fingerprintOf(disk)).toBe(await fingerprintOf(memory));
    closeDataset(disk);
  });

  test('what is asked for decides, not what the file has', async () => {
    putAll(9, { gzipped });
    const few = await load({ options: { trainRows: 2 } });
    expect([few.train.inputs, notes]).toEqual([pixels(2), []]);
    const more = await load({ options: { trainRows: 4 } });
    expect([more.train.rows, more.train.labels.length, more.train.inputs.length]).toEqual([4, 4, 4 * 784]);
    expect(more.train.inputs.subarray(0)).toEqual(pixels(4));
    expect(notes).toHaveLength(1);
    closeDataset(more);
  });

  test('no budget keeps anything in memory that may stay on disk', async () => {
    putAll(3, { gzipped });
    const data = await load({ dataMemory: 0 });
    expect([data.train, data.test].map(({ inputs }) => areStored(inputs))).toEqual([true, true]);
    expect(data.test.inputs.subarray(784)).toEqual(pixels(2).subarray(784));
    closeDataset(data);
  });

  test.each<[string, Uint8Array, string]>([
    [
      'too short',
      images(9).subarray(0, 5000),
      gzipped ? 'it unpacks to less than the 7072 bytes' : 'the file ends too early',
    ],
    [
      'too long',
      Buffer.concat([images(9), Buffer.alloc(9)]),
      gzipped ? 'it unpacks to more than the 7072 bytes' : 'bytes follow the end',
    ],
    ['of other images', writeIdx([9, 14, 56], pixels(9)), 'byte 8: the images are 14×56, expected 28×28'],
    [
      'with a header alone',
      writeIdx([9, 28, 28], []),
      gzipped ? 'it unpacks to less than' : 'the file ends too early',
    ],
  ])('a file that is %s is refused', async (_, content, problem) => {
    const path = putAll(9, { gzipped, content });
    const failure = load({ dataMemory: 10 });
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toThrow(path);
    await expect(failure).rejects.toThrow(problem);
    if (existsSync(unpacked())) expect(readdirSync(unpacked())).toEqual([]);
  });
});

test("a name reaches nobody's terminal as it is", async () => {
  const tasks = new Set<string>();
  const update = (task: string) => void tasks.add(task);
  for (const gzipped of [false, true]) {
    putAll(3, { gzipped });
    const odd = join(place, 'odd\u001b[31m');
    mkdirSync(odd);
    renameSync(join(place, 'mnist'), join(odd, 'mnist'));
    closeDataset(await load({ dataDir: odd, dataMemory: 0, progress: { ...silent, update } }));
    renameSync(join(odd, 'mnist'), join(place, 'mnist'));
    rmSync(odd, { recursive: true });
  }
  expect([...tasks].filter((task) => task.includes('odd?[31m'))).toHaveLength(4);
  expect([...tasks].filter((task) => task.includes('\u001b'))).toEqual([]);
});

describe('a gzipped file', () => {
  /** Its copy in the cache, and the seal of that. */
  const copyOf = ({ files }: { files: { sha256: string }[] }) => join(unpacked(), files[0].sha256);
  const inputsOf = async (request?: Partial<DataRequest>) => {
    const data = await load(request);
    const inputs = data.train.inputs.subarray(0);
    closeDataset(data);
    return inputs;
  };

  test('is unpacked once, under its SHA-256 and with a seal', async () => {
    const path = putAll(9, { gzipped: true });
    const first = await load();
    const copy = copyOf(first);
    const [{ sha256: packed, bytes }] = first.files;
    expect(readdirSync(unpacked())).toEqual([packed, `${packed}.seal`]);
    expect(readFileSync(`${copy}.seal`, 'utf8').split(' ')[0]).toBe(sha256(images(9)));
    const { ino } = statSync(copy);
    expect(await inputsOf()).toEqual(pixels(9));
    expect(statSync(copy).ino).toBe(ino);
    expect(statSync(path).size).toBe(bytes);
    expect(first.source).toBe('dir');
    closeDataset(first);
  });

  test.each<[string, (copy: string) => void]>([
    ['cut short', (copy) => truncateSync(copy, 100)],
    ['overwritten, same length', (copy) => writeFileSync(copy, Buffer.alloc(9 * 784 + 16, 7))],
    [
      'overwritten under its old date',
      (copy) => {
        const { atime, mtime } = statSync(copy);
        writeFileSync(copy, Buffer.alloc(9 * 784 + 16, 7));
        utimesSync(copy, atime, mtime);
      },
    ],
    [
      'replaced by another file',
      (copy) => {
        rmSync(copy);
        writeFileSync(copy, Buffer.alloc(9 * 784 + 16, 7));
      },
    ],
    ['without a seal', (copy) => rmSync(`${copy}.seal`)],
    ['under a damaged seal', (copy) => writeFileSync(`${copy}.seal`, 'x'.repeat(200))],
    ['under a seal of other content', (copy) => writeFileSync(`${copy}.seal`, `${'0'.repeat(64)} 1 2 3 4\n`)],
  ])('is unpacked again where the copy is %s', async (_, damage) => {
    putAll(9, { gzipped: true });
    const first = await load();
    closeDataset(first);
    const { ino } = statSync(copyOf(first));
    damage(copyOf(first));
    expect(await inputsOf()).toEqual(pixels(9));
    const renewed = statSync(copyOf(first)).ino;
    expect(renewed).not.toBe(ino);
    expect(await inputsOf()).toEqual(pixels(9));
    expect(statSync(copyOf(first)).ino).toBe(renewed);
  });

  test('is not unpacked again where the copy was only touched, and sealed anew', async () => {
    putAll(9, { gzipped: true });
    const first = await load();
    closeDataset(first);
    const { ino } = statSync(copyOf(first));
    utimesSync(copyOf(first), 1, 1);
    expect(await inputsOf()).toEqual(pixels(9));
    const { ino: same, mtimeMs } = statSync(copyOf(first));
    expect([same, mtimeMs]).toEqual([ino, 1000]);
    expect(readFileSync(`${copyOf(first)}.seal`, 'utf8')).toContain(' 1000000000 ');
  });

  test('is believed by its seal, and with `alwaysHash` by its content alone', async () => {
    putAll(9, { gzipped: true });
    const first = await load();
    closeDataset(first);
    const copy = copyOf(first);
    const other = Buffer.alloc(9 * 784 + 16, 7);
    writeFileSync(copy, other);
    // A disk that gives other bytes leaves no trace in times. Neither does this seal of the damaged copy.
    const version = versionOf(statSync(copy, { bigint: true }));
    while (statSync(`${copy}.seal`).mtimeMs <= statSync(copy).ctimeMs + 20)
      writeFileSync(`${copy}.seal`, `${sha256(images(9))} ${version}\n`);
    expect(await inputsOf()).toEqual(Uint8Array.from(other.subarray(16)));
    expect(await inputsOf({ alwaysHash: true })).toEqual(pixels(9));
    expect(await inputsOf()).toEqual(pixels(9));
  });

  test('serves several at once, whoever unpacks last', async () => {
    putAll(9, { gzipped: true });
    const all = await Promise.all(Array.from({ length: 5 }, () => inputsOf()));
    for (const inputs of all) expect(inputs).toEqual(pixels(9));
  });

  test('that promises more than can come out of it takes no disk', async () => {
    const path = putAll(9, { gzipped: true, content: writeIdx([100_000, 28, 28], []) });
    writeFileSync(at('train-labels-idx1-ubyte'), writeIdx([100_000], new Uint8Array(100_000)));
    await expect(load()).rejects.toThrow(
      new InputError(
        `${path}: its header makes 78400016 bytes, which cannot come out of ${statSync(path).size} gzipped ones`,
      ),
    );
    expect(existsSync(unpacked())).toBe(false);
  });

  test('that has more images than labels takes no disk', async () => {
    const path = putAll(9, { gzipped: true });
    writeFileSync(at('train-labels-idx1-ubyte'), writeIdx([8], new Uint8Array(8)));
    await expect(load()).rejects.toThrow(`${path} holds 9 images, `);
    expect(existsSync(unpacked())).toBe(false);
  });

  test('that is damaged leaves nothing behind', async () => {
    const path = putAll(9, { gzipped: true });
    const size = statSync(path).size;
    truncateSync(path, size - 20);
    await expect(load()).rejects.toThrow(`${path}: the gzipped file is damaged or cut short`);
    expect(readdirSync(unpacked())).toEqual([]);
  });
});

test('whatever bytes a file has, it is read or refused in a sentence', async () => {
  const whole = images(4);
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(20), fc.nat(255)), { maxLength: 3 }),
      fc.integer({ min: 0, max: whole.length }),
      fc.nat(4000),
      async (gzipped, changes, length, dataMemory) => {
        const content = new Uint8Array(whole);
        for (const [i, byte] of changes) content[i] = byte;
        putAll(4, { gzipped, content: content.subarray(0, length) });
        const data = await load({ dataMemory }).catch((error: unknown) => error);
        if (data instanceof InputError) return;
        expect(data).toMatchObject({ train: { rows: 4 } });
        closeDataset(data as Awaited<ReturnType<typeof load>>);
      },
    ),
    { seed: 2, numRuns: 60 },
  );
});

test('a plain file that changes between its hashing and its reading is refused', async () => {
  const path = putAll(9);
  const finish = (task: string) => {
    if (task === `checking ${path}`) writeFileSync(path, images(9).fill(7, 16));
  };
  await expect(load({ progress: { ...silent, finish } })).rejects.toThrow(
    new WorkError(`${path} has changed while it was read; begin again, and leave it as it is`),
  );
});

test('a large file that cannot be read is told as a small one is', async () => {
  const path = putAll(9);
  rmSync(path);
  mkdirSync(path);
  await expect(load()).rejects.toThrow(/train-images-idx3-ubyte": it is a directory, not a file/);
  rmSync(path, { recursive: true });
  writeFileSync(path, images(9));
  appendFileSync(path, 'x');
  await expect(load()).rejects.toThrow(`${path}, byte 7072: bytes follow the end of the data`);
});
