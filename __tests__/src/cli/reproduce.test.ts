import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zooHere } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';

let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'zoo-reproduce-'));
});
afterAll(() => rm(empty, { recursive: true }));

test('--json has every number with its kind and counts those whose data is available', async () => {
  const { code, stdout } = await zoo(['reproduce', '003', '004', '--data-dir', empty, '--json']);
  const { rows, ...counts } = JSON.parse(stdout) as {
    rows: { kind: string; reproduced: boolean; printedDigits: number; needsData?: string }[];
  };
  const judged = rows.filter(({ needsData }) => needsData === undefined);
  expect(judged.length).toBeGreaterThan(100);
  expect(rows.length).toBeGreaterThan(judged.length);
  expect(counts).toMatchObject({ reproduced: judged.length, total: judged.length });
  expect(rows.every(({ printedDigits }) => printedDigits >= 1)).toBe(true);
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['exact', 'numpy']));
  expect(code).toBe(0);
});

/** An IDX file of bytes that hang on their place. */
function idxFile(...shape: number[]): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  const values = Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i % 10);
  return Buffer.concat([header, values]);
}

test('numbers that differ are named, lower the total and end with exit code 1', async () => {
  const directory = join(empty, 'mnist');
  await mkdir(directory);
  for (const [name, rows] of Object.entries({ train: 100, t10k: 50 })) {
    await writeFile(join(directory, `${name}-images-idx3-ubyte`), idxFile(rows, 28, 28));
    await writeFile(join(directory, `${name}-labels-idx1-ubyte`), idxFile(rows));
  }
  const { code, stdout } = await zoo(['reproduce', '004', '--data-dir', empty]);
  expect(stdout).toMatch(/training pictures +60000 +100 +0\/5 ✗ DIFFERS/);
  expect(stdout).toMatch(/height of training pictures +28 +28 +2\/2 ✓/);
  // The first label is 0.
  expect(stdout).toMatch(/first target, class 0 +0 +1 +0\/1 ✗ DIFFERS/);
  const [, reproduced, total] = /reproduced (\d+) of (\d+)$/.exec(stdout.trim())!.map(Number);
  expect(reproduced).toBeLessThan(total);
  expect(code).toBe(1);
});

test.each([
  [['--sabotage', 'half-rate'], /--sabotage/],
  [['--data', 'built-in'], /Synthetic data cannot reproduce/],
])('%j is refused in one sentence, exit code 2', async (options, message) => {
  const { code, stdout, stderr } = await zooHere(['reproduce', '000', ...options], empty);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
