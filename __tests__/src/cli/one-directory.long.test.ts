import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bin, zoo, type Outcome } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const endless = 'train gate --epochs 10000000 --backend cpu'.split(' ');
const hasBegun = /data: logic-gates/;

const directory = temporaryDirectory();

test('two processes do not train into one directory', async () => {
  const out = join(directory, 'shared');
  let second: Promise<Outcome> | undefined;
  const first = new Promise<void>((resolve) => {
    const child = spawn(process.execPath, [bin, ...endless, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (piece: Buffer) => {
      if (!hasBegun.test(piece.toString())) return;
      second = zoo([...endless, '--out', out]);
      void second.then(() => child.kill('SIGKILL'));
    });
    child.on('close', () => resolve());
  });
  await first;
  const { code, stderr } = await second!;
  expect(code).toBe(2);
  expect(stderr).toMatch(/shared is in use by process \d+ on .*: wait for it or choose another --out\.\n$/);
  expect(readdirSync(out)).toEqual(['run.lock']);
  const after = await zoo(['train', 'gate', '--epochs', '5', '--backend', 'cpu', '--out', out]);
  expect(after.code).toBe(0);
  expect(existsSync(join(out, 'run.lock'))).toBe(false);
}, 120_000);
