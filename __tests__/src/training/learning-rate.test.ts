/** The laws of a rate that falls. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { learningRateAt } from '../../../src/training/learning-rate.ts';
import type { Recipe } from '../../../src/model/recipe.ts';

const rate = fc.double({ min: 1e-6, max: 10, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (decay: Recipe['decay'], learningRate: number, done: number) =>
  learningRateAt({ learningRate, decay }, done) / learningRate;

test('without decay the rate stays what it is', () => {
  fc.assert(
    fc.property(rate, share, (r, done) =>
      expect(learningRateAt({ learningRate: r, decay: 'none' }, done)).toBe(r),
    ),
  );
});

describe.each(['linear', 'cosine'] as const)('%s', (decay) => {
  test('begins at the whole rate, is half-way at one half, and reaches 0 at the end', () => {
    fc.assert(
      fc.property(rate, (r) => {
        expect(at(decay, r, 0)).toBeCloseTo(1, 12);
        expect(at(decay, r, 0.5)).toBeCloseTo(0.5, 12);
        expect(at(decay, r, 1)).toBeCloseTo(0, 12);
      }),
    );
  });

  test('only ever falls, as much before the middle as after it', () => {
    fc.assert(
      fc.property(rate, share, share, (r, a, b) => {
        expect(at(decay, r, Math.max(a, b))).toBeLessThanOrEqual(at(decay, r, Math.min(a, b)));
        expect(at(decay, r, a) + at(decay, r, 1 - a)).toBeCloseTo(1, 12);
      }),
    );
  });
});

test('a cosine falls slowly at its ends, unlike a line', () => {
  expect(at('cosine', 1, 0.1)).toBeGreaterThan(at('linear', 1, 0.1) + 0.05);
  expect(at('cosine', 1, 0.9)).toBeLessThan(at('linear', 1, 0.9) - 0.05);
});

test('one cycle rises in a line from a tenth for a quarter of the run, then falls along half a cosine to 0', () => {
  fc.assert(
    fc.property(rate, share, (r, part) => {
      expect(at('one-cycle', r, part / 4)).toBeCloseTo(0.1 + 0.9 * part, 12);
      expect(at('one-cycle', r, 0.25 + 0.75 * part)).toBeCloseTo(at('cosine', r, part), 12);
    }),
  );
});
