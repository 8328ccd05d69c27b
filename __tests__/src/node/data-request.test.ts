import { afterEach, expect, test } from '@jest/globals';
import { basename, resolve } from 'node:path';
import { usualDataMemory } from '../../../src/core/data/dataset.ts';
import { silent } from '../../../src/core/progress.ts';
import { dataRequestWith } from '../../../src/node/data-request.ts';
import { InputError } from '../../../src/core/errors.ts';

const before = process.env.ZOO_DATA_MEMORY;
afterEach(() => {
  if (before === undefined) delete process.env.ZOO_DATA_MEMORY;
  else process.env.ZOO_DATA_MEMORY = before;
});

test('the memory for data: half a gigabyte, or what the environment says, or the caller', () => {
  delete process.env.ZOO_DATA_MEMORY;
  expect(dataRequestWith().dataMemory).toBe(512 * 2 ** 20);
  process.env.ZOO_DATA_MEMORY = '128';
  expect(dataRequestWith().dataMemory).toBe(128 * 2 ** 20);
  expect(dataRequestWith({ dataMemory: 5000 }).dataMemory).toBe(5000);
  process.env.ZOO_DATA_MEMORY = '0';
  expect(dataRequestWith().dataMemory).toBe(0);
  process.env.ZOO_DATA_MEMORY = '';
  expect(dataRequestWith().dataMemory).toBe(512 * 2 ** 20);
});

test.each([
  ['lots', 'not text'],
  ['-1', 'not -1'],
  ['1.5', 'not 1.5'],
  ['2048', 'not 2048'],
])('ZOO_DATA_MEMORY=%s is refused', (given, problem) => {
  process.env.ZOO_DATA_MEMORY = given;
  expect(dataRequestWith).toThrow(
    new InputError(`ZOO_DATA_MEMORY takes a whole number from 0 to 2047, ${problem}.`),
  );
});

test.each([NaN, -1, 2 ** 40])('%d bytes are refused', (dataMemory) => {
  expect(() => dataRequestWith({ dataMemory })).toThrow(
    /^dataMemory takes a number from 0 to 2146435072, not /,
  );
});

test('whatever is not said is usual, and folders are absolute', () => {
  const names = ['ZOO_DATA_DIR', 'ZOO_CACHE_DIR', 'ZOO_DATA_MEMORY'];
  const kept = names.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of names) delete process.env[name];
    const { cacheDir, ...usual } = dataRequestWith();
    expect(basename(cacheDir)).toMatch(/backprop-zoo|Cache/);
    expect(usual).toEqual({
      ...{ data: 'auto', dataDir: undefined, dataMemory: usualDataMemory, alwaysHash: undefined },
      ...{ seed: 1, options: {}, progress: silent },
    });
    process.env.ZOO_DATA_DIR = 'data';
    process.env.ZOO_CACHE_DIR = 'cache';
    expect(dataRequestWith()).toMatchObject({ dataDir: resolve('data'), cacheDir: resolve('cache') });
    const own = { file: 'a.csv' };
    const given = {
      data: 'dir',
      dataDir: 'mine',
      cacheDir: 'kept',
      seed: 7,
      options: { a: 1 },
      own,
    } as const;
    expect(dataRequestWith({ ...given, alwaysHash: true })).toMatchObject({
      ...{ ...given, dataDir: resolve('mine'), cacheDir: resolve('kept'), alwaysHash: true },
    });
    process.env.ZOO_DATA_DIR = '';
    expect(dataRequestWith().dataDir).toBeUndefined();
  } finally {
    for (const [name, value] of kept) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
