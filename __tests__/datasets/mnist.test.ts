import { beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { mnist } from '../../datasets/mnist.ts';
import { type DataRequest } from '../../src/data/dataset.ts';
import { InputError } from '../../src/utils/errors.ts';
import { dataRequestWith } from '../../src/node/data-request.ts';
import { sha256 } from '../../src/node/files.ts';
import { writeIdx } from './formats/write-idx.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

let place: string;
beforeEach(() => {
  place = temporaryDirectory();
  mkdirSync(join(place, 'mnist'));
});

const pixels = (images: number) => Uint8Array.from({ length: images * 784 }, (_, i) => i % 251);

function put(name: string, content: Uint8Array) {
  writeFileSync(join(place, 'mnist', name), content);
}

/** Three training and two test images, as a user may have them: packed and not, under the usual names. */
function putAll() {
  put('train-images-idx3-ubyte.gz', gzipSync(writeIdx([3, 28, 28], pixels(3))));
  put('train-labels-idx1-ubyte', writeIdx([3], [5, 0, 9]));
  put('t10k-images.idx3-ubyte', writeIdx([2, 28, 28], pixels(2)));
  put('t10k-labels-idx1-ubyte.gz', gzipSync(writeIdx([2], [7, 1])));
}

const load = (request: Partial<DataRequest> = {}) =>
  mnist.load(dataRequestWith({ dataDir: place, cacheDir: join(place, 'cache'), ...request }));

describe('files in a data directory', () => {
  test('are read as bytes, with all that a run must know', async () => {
    putAll();
    const { train, test, files, validation, ...rest } = await load();
    expect(rest).toEqual({
      name: 'mnist',
      source: 'dir',
      classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
    });
    expect(train).toEqual({
      rows: 3,
      features: 784,
      divisor: 255,
      inputs: pixels(3),
      labels: Uint8Array.of(5, 0, 9),
      origin: expect.any(Function),
    });
    expect(test).toEqual({
      rows: 2,
      features: 784,
      divisor: 255,
      inputs: pixels(2),
      labels: Uint8Array.of(7, 1),
      origin: expect.any(Function),
    });
    expect(test.origin!(1)).toEqual({ file: 't10k-images.idx3-ubyte', place: 'image 2' });
    expect(validation).toBeUndefined();
    expect(files.map(({ name }) => name)).toEqual([
      'train-images-idx3-ubyte.gz',
      'train-labels-idx1-ubyte',
      't10k-images.idx3-ubyte',
      't10k-labels-idx1-ubyte.gz',
    ]);
    expect(files[1]).toEqual({
      name: 'train-labels-idx1-ubyte',
      bytes: 11,
      sha256: sha256(writeIdx([3], [5, 0, 9])),
    });
  });

  test('are cut to a prefix by trainRows and testRows', async () => {
    putAll();
    const { train, test } = await load({ options: { trainRows: 2, testRows: 1, hidden: 64 } });
    expect([train.rows, [...train.labels], train.inputs]).toEqual([2, [5, 0], pixels(3).slice(0, 2 * 784)]);
    expect([test.rows, [...test.labels], test.inputs]).toEqual([1, [7], pixels(2).slice(0, 784)]);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ trainRows: 4 }, 'option trainRows: 4 rows are asked for, the data has 3'],
    [{ testRows: 0 }, 'option testRows: expected at least 1 row'],
    [{ testRows: 1.5 }, 'option testRows: expected a whole number of rows'],
    [{ trainRows: '2' }, 'option trainRows: expected a whole number of rows'],
  ])('with options %j are refused', async (options, message) => {
    putAll();
    await expect(load({ options })).rejects.toThrow(new InputError(message));
  });

  test.each<[string, string, Uint8Array, string]>([
    ['too few images', 't10k-images.idx3-ubyte', writeIdx([1, 28, 28], pixels(1)), 'holds 1 images, '],
    [
      'images of another size',
      't10k-images.idx3-ubyte',
      writeIdx([2, 8, 98], pixels(2)),
      ', byte 8: the images are 8×98',
    ],
    [
      'labels for images',
      't10k-images.idx3-ubyte',
      writeIdx([2], [1, 2]),
      ', byte 3: the data has 1 dimensions, ',
    ],
    [
      'a letter',
      'train-labels-idx1-ubyte',
      writeIdx([3], [1, 2, 10]),
      ', byte 10: label 2 is 10, expected 0 to 9',
    ],
    [
      'a cut file',
      'train-images-idx3-ubyte.gz',
      gzipSync(pixels(3)).subarray(0, 90),
      ', byte 1: this is not an IDX',
    ],
    [
      'an oversized header',
      'train-images-idx3-ubyte.gz',
      gzipSync(writeIdx([1e6, 28, 28], [])),
      ', byte 4: the header (1000000×28×28) makes 784000016 bytes, at most 268435456 are read',
    ],
  ])('that hold %s are refused, file and byte named', async (_, name, content, problem) => {
    putAll();
    put(name, content);
    const failure = load();
    await expect(failure).rejects.toBeInstanceOf(InputError);
    await expect(failure).rejects.toThrow(
      `${join(place, 'mnist', name)}${problem[0] === ',' ? '' : ' '}${problem}`,
    );
  });
});

describe('built-in digits', () => {
  const drawn = (options = {}) =>
    load({ data: 'built-in', options: { trainRows: 30, testRows: 20, ...options } });

  test('stand in, and say so', async () => {
    const { source, standIn, train, test, files } = await drawn();
    expect(source).toBe('built-in');
    expect(standIn).toMatch(
      /^SYNTHETIC DATA: these are not the published mnist data but handwritten-looking digits drawn by this program, /,
    );
    expect(standIn).toContain('because of --data built-in. For the real data run');
    expect([train.rows, train.features, train.divisor, train.inputs.length]).toEqual([
      30,
      784,
      255,
      30 * 784,
    ]);
    expect([test.rows, test.labels.length]).toEqual([20, 20]);
    expect(test.inputs.subarray(0, 784)).not.toEqual(train.inputs.subarray(0, 784));
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['drawn training digits', 30 * 785],
      ['drawn test digits', 20 * 785],
    ]);
  });

  test('are the same every time, whatever the seed of the run', async () => {
    const { files } = await drawn();
    const again = await load({ data: 'built-in', seed: 2, options: { trainRows: 30, testRows: 20 } });
    expect(again.files).toEqual(files);
  });

  test('are not drawn without end', async () => {
    await expect(drawn({ trainRows: 1e9 })).rejects.toThrow(
      new InputError('option trainRows: at most 240000 digits are drawn, not 1000000000'),
    );
  });
});

const dataDir = process.env.ZOO_DATA_DIR;
const withData = dataDir ? describe : describe.skip;
withData('the real MNIST (skipped unless ZOO_DATA_DIR names it)', () => {
  test('has its published numbers of images of each digit', async () => {
    const { train, test } = await load({ dataDir });
    const counts = (labels: Uint8Array) =>
      Array.from({ length: 10 }, (_, digit) =>
        labels.reduce((sum, label) => sum + Number(label === digit), 0),
      );
    // np.bincount of the labels that Keras's mnist.load_data() returns.
    expect(counts(train.labels as Uint8Array)).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]);
    expect(counts(test.labels as Uint8Array)).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]);
    const pixels = train.inputs as Uint8Array;
    const mean = pixels.reduce((sum, pixel) => sum + pixel, 0) / pixels.length / 255;
    // The customary normalisation of MNIST subtracts 0.1307.
    expect(mean).toBeCloseTo(0.1307, 4);
  }, 60_000);
});
