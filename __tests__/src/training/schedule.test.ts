import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Recipe } from '../../../src/model/recipe.ts';
import { learningRateAt } from '../../../src/training/schedule.ts';

const anyRate = fc.double({ min: 1e-6, max: 10, noNaN: true });
const anyProgress = fc.double({ min: 0, max: 1, noNaN: true });

/** The learning rate as a share of the initial one. */
const shareAt = (schedule: Recipe['decay'], learningRate: number, progress: number) =>
  learningRateAt({ learningRate, decay: schedule, warmupSteps: 0 }, progress, 1) / learningRate;

test('schedule none returns the initial learning rate at every step', () => {
  fc.assert(
    fc.property(anyRate, anyProgress, (rate, progress) =>
      expect(learningRateAt({ learningRate: rate, decay: 'none', warmupSteps: 0 }, progress, 1)).toBe(rate),
    ),
  );
});

describe.each(['linear', 'cosine'] as const)('schedule %s', (schedule) => {
  test('starts at the initial learning rate, halves it at half the training and ends at 0', () => {
    fc.assert(
      fc.property(anyRate, (rate) => {
        expect(shareAt(schedule, rate, 0)).toBeCloseTo(1, 12);
        expect(shareAt(schedule, rate, 0.5)).toBeCloseTo(0.5, 12);
        expect(shareAt(schedule, rate, 1)).toBeCloseTo(0, 12);
      }),
    );
  });

  test('never rises', () => {
    fc.assert(
      fc.property(anyRate, anyProgress, anyProgress, (rate, a, b) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)];
        expect(shareAt(schedule, rate, later)).toBeLessThanOrEqual(shareAt(schedule, rate, earlier));
      }),
    );
  });

  test('is symmetric: what it has lost at x equals what it has left at 1 − x', () => {
    fc.assert(
      fc.property(anyRate, anyProgress, (rate, x) => {
        expect(1 - shareAt(schedule, rate, x)).toBeCloseTo(shareAt(schedule, rate, 1 - x), 12);
      }),
    );
  });
});

test('schedule cosine changes more slowly than linear at both ends', () => {
  expect(shareAt('cosine', 1, 0.1)).toBeGreaterThan(shareAt('linear', 1, 0.1) + 0.05);
  expect(shareAt('cosine', 1, 0.9)).toBeLessThan(shareAt('linear', 1, 0.9) - 0.05);
});

describe('schedule one-cycle', () => {
  test('rises in a straight line from a tenth to the full learning rate in the first quarter', () => {
    fc.assert(
      fc.property(anyRate, anyProgress, (rate, x) => {
        expect(shareAt('one-cycle', rate, 0.25 * x)).toBeCloseTo(0.1 + 0.9 * x, 12);
      }),
    );
  });

  test('equals schedule cosine, stretched over the remaining three quarters', () => {
    fc.assert(
      fc.property(anyRate, anyProgress, (rate, x) => {
        expect(shareAt('one-cycle', rate, 0.25 + 0.75 * x)).toBeCloseTo(shareAt('cosine', rate, x), 12);
      }),
    );
  });
});

test('the warm-up rises in a straight line to the full learning rate, where the schedule begins', () => {
  const recipe = { learningRate: 0.8, decay: 'linear', warmupSteps: 3 } as const;
  const rates = Array.from({ length: 8 }, (_, step) => learningRateAt(recipe, step, 8));
  expect(rates).toEqual([0.2, 0.4, 0.6, 0.8, 0.64, 0.48, 0.32, 0.16].map((rate) => expect.closeTo(rate, 12)));
});
