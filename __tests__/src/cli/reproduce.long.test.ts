import { expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const empty = temporaryDirectory();

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
