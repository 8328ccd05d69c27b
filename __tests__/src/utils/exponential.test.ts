import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expOfMinus } from '../../../src/utils/math.ts';

test('e⁻ˣ is that of Math.exp to the last digits, for every x from 0 on', () => {
  const sizes = [1e-300, 1e-9, 1, 30, 699.9, 710, 745, 1e300];
  fc.assert(
    fc.property(fc.constantFrom(...sizes), fc.double({ min: 0, max: 1, noNaN: true }), (size, share) => {
      const x = size * share;
      const expected = Math.exp(-x);
      expect(Math.abs(expOfMinus(x) - expected)).toBeLessThanOrEqual(3 * Number.EPSILON * expected);
    }),
    { numRuns: 5000, seed: 1 },
  );
});

test('the ends: 0, infinity and what is not a number', () => {
  expect([0, -0, Infinity, NaN].map(expOfMinus)).toEqual([1, 1, 0, NaN]);
});
