/**
 * Document 000's points: uniform in the square [−10, 10]², of class 1 where x1 < −5 or x1 > 5.
 */
import * as z from '../src/utils/schema.ts';
import type { Dataset, Examples } from '../src/data/dataset.ts';
import { RandomState } from '../src/utils/random.ts';
import { readOptions } from './options.ts';

const count = (defaultCount: number) => {
  const error = 'expected a whole number from 1 to 10000000';
  return z._default(
    z.int({ error }).check(z.minimum(1, { error }), z.maximum(10_000_000, { error })),
    defaultCount,
  );
};

const schema = z.object({ rows: count(10_000), testRows: count(1_000) });

/** `rows` points, drawn as NumPy's `RandomState(seed).uniform(-10, 10, (rows, 2))` draws them. */
export function drawPoints(rows: number, seed: number): Examples {
  const inputs = new RandomState(seed).uniform(-10, 10, rows * 2);
  const labels = Uint8Array.from({ length: rows }, (_, row) => (Math.abs(inputs[2 * row]) > 5 ? 1 : 0));
  return { rows, features: 2, inputs, divisor: 1, labels };
}

/**
 * Options `rows` (default 10000) and `testRows` (default 1000, the document's n, though its program tests on m).
 * The seed draws the training points, the next seed the test points.
 */
export const points: Dataset = {
  name: 'points',
  title: 'points of a square, the middle stripe against both sides',
  load({ options, seed }) {
    return Promise.resolve().then(() => {
      const { rows, testRows } = readOptions(schema, options);
      return {
        name: 'points',
        source: 'built-in',
        files: [],
        classNames: ['-5 ≤ x1 ≤ 5', 'x1 < -5 or x1 > 5'],
        preprocessing: { kind: 'none' },
        train: drawPoints(rows, seed),
        test: drawPoints(testRows, (seed + 1) >>> 0),
      };
    });
  },
};
