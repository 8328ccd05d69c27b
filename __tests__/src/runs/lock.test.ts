import { beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../src/utils/errors.ts';
import { beginningOf, isRunning } from '../../../src/node/processes.ts';
import { lockRunDirectory } from '../../../src/runs/lock.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'run.lock');
});

const holder = (change: object): string =>
  JSON.stringify({ pid: 4_000_000, host: hostname(), began: '1-a', id: 'b', ...change });

test('one holder at a time; the refusal names the process', async () => {
  const lock = await lockRunDirectory(directory);
  await lock.check();
  await expect(lockRunDirectory(directory)).rejects.toThrow(
    new InputError(
      `${directory} is in use by process ${process.pid} on ${hostname()}: wait for it or choose another --out.`,
    ),
  );
  await lock.release();
  expect(readdirSync(directory)).toEqual([]);
  await (await lockRunDirectory(directory)).release();
});

test('of many that ask at once, one gets it', async () => {
  const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockRunDirectory(directory)));
  const held = asked.filter(({ status }) => status === 'fulfilled');
  expect(held).toHaveLength(1);
});

test('the lock of a process that is gone is taken over', async () => {
  writeFileSync(path, holder({}));
  const lock = await lockRunDirectory(directory);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
  await lock.release();
  expect(readdirSync(directory)).toEqual([]);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('so is that of an earlier process with the number of one that runs', async () => {
  writeFileSync(path, holder({ pid: process.pid }));
  await (await lockRunDirectory(directory)).release();
});

onLinux('so is that of a process that ended and that nobody reaps', async () => {
  // The shell starts a process and becomes a program that never asks about it.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const began = beginningOf(pid);
    expect(isRunning(pid)).toBe(true);
    const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8');
    while (!stat().includes(') Z ')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isRunning(pid)).toBe(false);
    writeFileSync(path, holder({ pid, began }));
    await (await lockRunDirectory(directory)).release();
  } finally {
    parent.kill();
  }
});

test('takes over an empty lock, which a full disk or a crash has left, unless it is being written', async () => {
  writeFileSync(path, '');
  await (await lockRunDirectory(directory)).release();
  expect(readdirSync(directory)).toEqual([]);
  writeFileSync(path, '');
  const asked = lockRunDirectory(directory);
  writeFileSync(path, holder({ host: 'elsewhere' }));
  await expect(asked).rejects.toThrow('is in use by process');
  expect(readdirSync(directory)).toEqual(['run.lock']);
});

test('a file that is not a lock stays', async () => {
  for (const content of ['garbage', '{"pid":-1}', holder({ host: '\x1b[31m' })]) {
    writeFileSync(path, content);
    await expect(lockRunDirectory(directory)).rejects.toThrow('is in the way and names no process');
  }
  expect(existsSync(path)).toBe(true);
});

test('check notices that the directory is gone or was taken over', async () => {
  const lock = await lockRunDirectory(directory);
  writeFileSync(path, holder({}));
  await expect(lock.check()).rejects.toThrow('another process has taken it over');
  await lock.release();
  expect(existsSync(path)).toBe(true);
  rmSync(directory, { recursive: true });
  await expect(lock.check()).rejects.toThrow('was removed');
});

test('reports a missing directory, and a holder on another machine, which counts as running', async () => {
  const gone = join(directory, 'gone');
  await expect(lockRunDirectory(gone)).rejects.toThrow(/^cannot write .*run\.lock/i);
  writeFileSync(path, holder({ host: 'elsewhere' }));
  await expect(lockRunDirectory(directory)).rejects.toThrow(
    new InputError(
      `${directory} is in use by process 4000000 on elsewhere: wait for it or choose another --out; ` +
        `if that process is gone, remove ${path}.`,
    ),
  );
  expect(readdirSync(directory)).toEqual(['run.lock']);
});

test('a lock of a process whose beginning is not known counts as held', async () => {
  writeFileSync(path, holder({ pid: process.pid, began: '' }));
  await expect(lockRunDirectory(directory)).rejects.toThrow('is in use by process');
});

test('release leaves no listener, and the lock of another where it is', async () => {
  const before = process.listenerCount('exit');
  const lock = await lockRunDirectory(directory);
  const [onExit] = process.listeners('exit').slice(before) as (() => void)[];
  expect(process.listenerCount('exit')).toBe(before + 1);
  // As when the process ends: the lock goes, that of another stays.
  onExit();
  expect(readdirSync(directory)).toEqual([]);
  writeFileSync(path, holder({}));
  onExit();
  expect(existsSync(path)).toBe(true);
  await lock.release();
  expect(process.listenerCount('exit')).toBe(before);
  expect(existsSync(path)).toBe(true);
});
