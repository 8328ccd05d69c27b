/** Digits that are drawn when they are asked for are those that are drawn beforehand. */
import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { DigitRows } from '../../../datasets/built-in/digits.ts';
import { digitSet } from '../../../datasets/built-in/digit-sets.ts';
import { silent } from '../../../src/utils/progress.ts';

test.each([
  ['train', 64],
  ['test', 15],
] as const)('the rows of the %s set, in whatever order they are asked for', async (split, rows) => {
  const options = { batch: 20, worthKeeping: 5000, samples: 1 };
  const whole = await digitSet(split, rows, { cacheDir: tmpdir(), progress: silent }, options);
  const asNeeded = new DigitRows(split, rows, 20);
  expect(asNeeded.examples).toMatchObject({ rows, features: 784, divisor: 255 });
  expect([asNeeded.length, asNeeded.drawn]).toEqual([rows * 784, 0]);
  const order = [rows - 1, 3, Math.min(21, rows - 2)];
  const read = order.map((row) => asNeeded.subarray(row * 784, (row + 1) * 784));
  expect(asNeeded.drawn).toBe(Math.min(rows, 44));
  expect(asNeeded.drawMore()).toBe(rows > 20);
  expect(asNeeded.drawn).toBe(rows);
  expect(asNeeded.drawMore()).toBe(false);
  for (const [i, row] of order.entries()) {
    expect(Buffer.compare(read[i], whole.pixels.subarray(row * 784, (row + 1) * 784))).toBe(0);
    expect(asNeeded.labels[row]).toBe(whole.labels[row]);
  }
  expect(Buffer.compare(asNeeded.subarray(0), whole.pixels)).toBe(0);
  expect(Buffer.compare(asNeeded.labels, whole.labels)).toBe(0);
  expect(asNeeded.drawn).toBe(rows);
});

test('no more is drawn than is asked for: the last row of a batch does not draw the next', () => {
  const asNeeded = new DigitRows('test', 505);
  asNeeded.subarray(500 * 784);
  expect(asNeeded.drawn).toBe(5);
  expect(asNeeded.examples.rows).toBe(505);
  expect(new DigitRows('test').length).toBe(10_000 * 784);
});
