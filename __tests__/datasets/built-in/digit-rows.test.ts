/** Digits that are drawn when they are asked for are those that are drawn beforehand. */
import { expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import { DigitRows } from '../../../datasets/built-in/digit-rows.ts';
import { digitSet } from '../../../datasets/built-in/digit-sets.ts';
import { silent } from '../../../src/core/progress.ts';

const rows = 1_700;

test.each(['train', 'test'] as const)(
  'the rows of the %s set, in whatever order they are asked for',
  async (split) => {
    const whole = await digitSet(split, rows, { cacheDir: tmpdir(), progress: silent });
    const asNeeded = new DigitRows(split, rows);
    const order = [1_699, 3, 501];
    const gathered = new Uint8Array(order.length * 784);
    asNeeded.gather(gathered, 784, order, 0, order.length);
    expect(asNeeded.drawn).toBe(1_200);
    expect(asNeeded.drawMore()).toBe(true);
    expect(asNeeded.drawn).toBe(rows);
    expect(asNeeded.drawMore()).toBe(false);
    for (const [i, row] of order.entries()) {
      const [drawn, expected] = [
        gathered.subarray(i * 784, (i + 1) * 784),
        whole.pixels.subarray(row * 784, (row + 1) * 784),
      ];
      expect(Buffer.compare(drawn, expected)).toBe(0);
      expect(asNeeded.labels[row]).toBe(whole.labels[row]);
    }
    expect(Buffer.compare(asNeeded.subarray(0), whole.pixels)).toBe(0);
    expect(Buffer.compare(asNeeded.labels, whole.labels)).toBe(0);
    expect(asNeeded.drawn).toBe(rows);
  },
);
