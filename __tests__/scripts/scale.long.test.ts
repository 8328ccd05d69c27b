import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-scale-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a table and a picture of every curve', async () => {
  const sizes = ['--batch', '1,8', '--hidden', '2,3', '--rows', '100,200'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'scripts/scale.ts', ...sizes, '--seconds', '0', '--repeats', '1', '--out', directory],
    { cwd: root, env: { ...process.env, NODE_OPTIONS: '', ZOO_NATIVE_DIR: '/nonexistent' } },
  );
  expect(stdout).toMatch(/\| µs per step \| 1 \| 8 \|/);
  expect(stdout.match(/\| wasm, by hand \| [\d.]+ \| [\d.]+ \|/g)).toHaveLength(6);
  expect(stdout.match(/\| wasm, autodiff \| [\d.]+ \| [\d.]+ \|/g)).toHaveLength(4);
  const pictures = ['batch-size', 'hidden-units', 'rows'].flatMap((name) => [
    `scale-${name}-memory.svg`,
    `scale-${name}.svg`,
  ]);
  expect((await readdir(directory)).sort()).toEqual(pictures);
  expect(await readFile(join(directory, 'scale-rows.svg'), 'utf8')).toContain('training rows');
});
