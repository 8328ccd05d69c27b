import { expect, test } from '@jest/globals';
import { userFilesIn } from '../../../../src/cli/shared/options.ts';

test.each([
  [{}, undefined],
  [{ dataFile: 'a.csv' }, { file: 'a.csv' }],
  [
    {
      dataFile: 'a.csv',
      target: 'y',
      missing: 'mean',
      categories: 'a, b,,c ',
      dropColumns: 'd',
      task: 'regression',
      testShare: 0.9,
    },
    {
      file: 'a.csv',
      target: 'y',
      missing: 'mean',
      categories: ['a', 'b', 'c'],
      dropColumns: ['d'],
      task: 'regression',
      testShare: 0.9,
    },
  ],
  [{ dataDir: 'd' }, undefined],
  [
    { dataDir: 'd', size: '28x14' },
    { folder: 'd', size: [28, 14] },
  ],
  [
    { dataFile: 'a', target: 'y', decimal: ',', header: false },
    { file: 'a', target: 'y', decimal: ',', header: false },
  ],
  [
    { dataDir: 'd', size: '1X9999', grey: true, testShare: 0 },
    { folder: 'd', size: [1, 9999], grey: true, testShare: 0 },
  ],
  [
    { dataDir: 'd', grey: true },
    { folder: 'd', grey: true },
  ],
])('reads user files from the options %j', (args, own) => expect(userFilesIn(args)).toEqual(own));

test.each([
  [{ dataFile: 'a', dataDir: 'd' }, '--data-file and --data-dir cannot be combined.'],
  [{ dataFile: 'a', size: '1x1' }, '--size and --grey need images in --data-dir.'],
  [{ dataFile: 'a', grey: true }, '--size and --grey need images in --data-dir.'],
  [{ size: '1x1' }, '--size and --grey need images in --data-dir.'],
  [{ target: 'y' }, '--target needs a table: --data-file FILE.'],
  [{ dataDir: 'd', size: '1x1', dropColumns: 'x' }, '--drop-columns needs a table: --data-file FILE.'],
  [{ header: true }, '--header needs a table: --data-file FILE.'],
  [{ task: 'regression' }, '--task needs a table: --data-file FILE.'],
  [{ testShare: 0.5 }, '--test-share needs your own data: --data-file FILE.'],
  [{ positive: 'yes' }, '--positive needs your own data: --data-file FILE.'],
  [{ dataFile: 'a', testShare: 0.91 }, '--test-share takes a number from 0 to 0.9, not 0.91.'],
  [{ dataDir: 'd', size: '0x5' }, '--size takes width x height in pixels, such as 28x28, not 0x5.'],
  [{ dataDir: 'd', size: '5x0' }, '--size takes width x height in pixels, such as 28x28, not 5x0.'],
  [{ dataDir: 'd', size: '10000x5' }, '--size takes width x height in pixels, such as 28x28, not 10000x5.'],
  [{ dataDir: 'd', size: '28' }, '--size takes width x height in pixels, such as 28x28, not 28.'],
])('rejects the options %j', (args, message) => expect(() => userFilesIn(args)).toThrow(message));
