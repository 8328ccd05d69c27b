import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { probabilitiesOf } from '../../../src/evaluation/metrics.ts';

test('logits of any size give probabilities, row by row, and a row may be shifted', () => {
  const logit = fc.double({ min: -1e5, max: 1e5, noNaN: true });
  const rows = fc.array(fc.tuple(logit, logit, logit), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(rows, logit, (given, shift) => {
      const all = probabilitiesOf(Float64Array.from(given.flat()), 'multiclass', 3);
      given.forEach((row, i) => {
        const own = all.subarray(3 * i, 3 * i + 3);
        expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        const alone = probabilitiesOf(Float64Array.from(row), 'multiclass', 3);
        expect(Array.from(own)).toEqual(Array.from(alone));
        const shifted = probabilitiesOf(
          Float64Array.from(row, (z) => z + shift),
          'multiclass',
          3,
        );
        shifted.forEach((p, k) => expect(p).toBeCloseTo(own[k], 8));
      });
    }),
  );
});

test('a large logit of one row does not take another row to nothing', () => {
  const logits = Float64Array.of(1, 0, 2000, 1999, -3000, -3001);
  const p = 1 / (1 + Math.exp(-1));
  const found = probabilitiesOf(logits, 'multiclass', 2);
  expect(Array.from(found)).toEqual(
    [p, 1 - p, p, 1 - p, p, 1 - p].map((value): unknown => expect.closeTo(value, 12)),
  );
});
