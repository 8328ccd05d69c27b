/** Locks on a file system that knows no hard links, such as that of most memory sticks. */
import { expect, jest, test } from '@jest/globals';
import * as files from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/temporary.ts';

jest.unstable_mockModule('node:fs/promises', () => ({
  ...files,
  link: () => Promise.reject(Object.assign(new Error('EPERM: no links here'), { code: 'EPERM' })),
}));
const { lockRunDirectory } = await import('../../../src/runs/lock.ts');

const directory = temporaryDirectory();

test('one holder at a time; nothing is left beside the lock, nor after it', async () => {
  const lock = await lockRunDirectory(directory);
  expect(readdirSync(directory)).toEqual(['run.lock']);
  expect(JSON.parse(readFileSync(join(directory, 'run.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.check();
  await expect(lockRunDirectory(directory)).rejects.toThrow(
    `is in use by process ${process.pid} on ${hostname()}`,
  );
  await lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('a directory that is not there is told of', async () => {
  const refusal = lockRunDirectory(join(directory, 'gone'));
  await expect(refusal).rejects.toThrow(/^cannot write ".*gone.run\.lock": it does not exist$/);
});
