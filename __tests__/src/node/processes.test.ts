import { expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { beginningOf, isRunning } from '../../../src/node/processes.ts';

const onLinux = process.platform === 'linux' ? test : test.skip;

test('this process runs, one that has ended does not', async () => {
  expect(isRunning(process.pid)).toBe(true);
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  expect(isRunning(child.pid!)).toBe(false);
  expect(beginningOf(child.pid!)).toBeUndefined();
});

onLinux('a process began so many ticks after the machine did, and the boot is named', () => {
  const [ticks, boot, ...rest] = beginningOf(process.pid)!.split('-');
  expect(rest).toEqual([]);
  expect(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').split('-')[0]).toBe(boot);
  const perSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const up = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  expect(Number(ticks) / perSecond).toBeCloseTo(up - process.uptime(), -1);
});
