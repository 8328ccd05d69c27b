/** Document 004's program on files that are made here. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '../../../src/backend/index.ts';
import { tf } from '../../../src/utils/tf.ts';
import { runDigitsProgram } from '../../../src/reproduce/document-004-digits.ts';

let dataDir: string;
beforeAll(async () => {
  await useBackend('float64');
  dataDir = mkdtempSync(join(tmpdir(), 'zoo-digits-'));
  mkdirSync(join(dataDir, 'mnist'));
  // The pixels of picture i are i + 1 up to i + 100, over and over; its label is i's last digit.
  const write = (name: string, magic: number, shape: number[], values: Uint8Array) => {
    const header = Buffer.alloc(4 + 4 * shape.length);
    [magic, ...shape].forEach((number, i) => header.writeUInt32BE(number, 4 * i));
    writeFileSync(join(dataDir, 'mnist', name), Buffer.concat([header, values]));
  };
  for (const [part, rows] of [
    ['train', 120],
    ['t10k', 30],
  ] as const) {
    const pixels = Uint8Array.from({ length: rows * 784 }, (_, i) => 1 + Math.floor(i / 784) + (i % 100));
    write(`${part}-images-idx3-ubyte`, 0x803, [rows, 28, 28], pixels);
    write(
      `${part}-labels-idx1-ubyte`,
      0x801,
      [rows],
      Uint8Array.from({ length: rows }, (_, i) => (i + 3) % 10),
    );
  }
});
afterAll(() => rmSync(dataDir, { recursive: true }));

const program = (scaledTwice: boolean) =>
  runDigitsProgram({
    backend: 'float64',
    data: { data: 'dir', dataDir, cacheDir: join(dataDir, 'cache') },
    scaledTwice,
  });

test('says what its files hold, and what two steps on a hundred rows do', async () => {
  const before = tf.memory().numTensors;
  const outcome = await program(false);
  expect(tf.memory().numTensors).toBe(before);
  expect(outcome).toMatchObject({
    trainShape: [120, 28, 28],
    testShape: [30, 28, 28],
    firstLabel: 3,
    firstTarget: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    largestOfFirst: 100 / 255,
    smallestOfFirstTest: 1 / 255,
  });
  expect(outcome.steps).toHaveLength(2);
  for (const { loss, trainAccuracy, testAccuracy } of outcome.steps) {
    expect(loss).toBeGreaterThan(0);
    expect(trainAccuracy * 120).toBeCloseTo(Math.round(trainAccuracy * 120), 9);
    expect(testAccuracy * 30).toBeCloseTo(Math.round(testAccuracy * 30), 9);
  }
  expect((await program(false)).steps).toEqual(outcome.steps);
});

test('pixels that are scaled twice are 255 times as small, and train otherwise', async () => {
  const [once, twice] = [await program(false), await program(true)];
  expect(twice.largestOfFirst).toBe(100 / 255 ** 2);
  expect(twice.steps[1].loss).not.toBe(once.steps[1].loss);
});
