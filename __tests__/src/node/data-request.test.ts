import { expect, test } from '@jest/globals';
import { basename, resolve } from 'node:path';
import { silent } from '../../../src/utils/progress.ts';
import { dataRequestWith } from '../../../src/node/data-request.ts';

test('fills in the defaults and makes directories absolute', () => {
  const names = ['ZOO_DATA_DIR', 'ZOO_CACHE_DIR'];
  const kept = names.map((name) => [name, process.env[name]] as const);
  try {
    for (const name of names) delete process.env[name];
    const { cacheDir, ...usual } = dataRequestWith();
    expect(basename(cacheDir)).toMatch(/backprop-zoo|Cache/);
    expect(usual).toEqual({
      ...{ data: 'auto', dataDir: undefined },
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
    expect(dataRequestWith(given)).toMatchObject({
      ...{ ...given, dataDir: resolve('mine'), cacheDir: resolve('kept') },
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
