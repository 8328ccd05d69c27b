import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RandomState } from '../../../src/utils/random.ts';
import { liesWithin, predictionIntervals, within } from '../../../src/reproduce/spread.ts';

// from scipy import stats; n = 5; x = [2.1, 2.4, 2.3, 2.6, 2.5]
// np.mean(x) + np.array([-1, 1]) * stats.t.ppf(0.9995, n - 1) * np.std(x, ddof=1) * np.sqrt(1 + 1 / n)
const draws = [2.1, 2.4, 2.3, 2.6, 2.5];

describe('prediction intervals', () => {
  test('of one hump: where one more draw from a normal distribution falls', () => {
    const [[low, high], ...others] = predictionIntervals(draws);
    expect([low, high]).toEqual([expect.closeTo(0.5657, 3), expect.closeTo(4.1943, 3)]);
    expect(others).toEqual([]);
  });

  test('of draws that learned and draws that did not: one about each, none between', () => {
    const intervals = predictionIntervals([...draws, 69.3, 69.4]);
    expect(intervals).toHaveLength(2);
    expect(liesWithin(intervals, '2.4', 'rounded')).toBe(true);
    expect(liesWithin(intervals, '69.3', 'rounded')).toBe(true);
    expect(liesWithin(intervals, '36', 'rounded')).toBe(false);
  });

  test('a single draw far from the others is a hump as wide as theirs', () => {
    const [, [low, high]] = predictionIntervals([...draws, 69.3]);
    expect(69.3 - low).toBeCloseTo(high - 69.3, 9);
    expect(high - low).toBeLessThan(10);
  });

  test('hold one more draw in 997 to 1000 of 1000 normal cases', () => {
    const random = new RandomState(1);
    const held = Array.from({ length: 1000 }, () => {
      const [next, ...drawn] = random.randn(13);
      return predictionIntervals(drawn).some(([low, high]) => low <= next && next <= high);
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(997);
  });

  test('move and stretch with the draws, in whatever order they come', () => {
    const numbers = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 16 });
    fc.assert(
      fc.property(
        numbers,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -99, max: 99 }),
        (xs, by, on) => {
          fc.pre(new Set(xs).size > 3);
          const expected = predictionIntervals(xs).map((ends) =>
            ends.map((x) => expect.closeTo(by * x + on, 6)),
          );
          expect(predictionIntervals([...xs].reverse().map((x) => by * x + on))).toEqual(expected);
        },
      ),
    );
  });

  test('of draws that are not finite there are none', () => {
    expect(predictionIntervals([NaN, NaN, Infinity, 1])).toEqual([]);
  });

  test('draws that are all alike accept themselves', () => {
    expect(liesWithin(predictionIntervals([2, 2, 2, 2, 2]), '2.0', 'rounded')).toBe(true);
  });
});

test('a number that was cut off may be anything that begins like it', () => {
  const lies = (printed: string) => liesWithin([[1.41, 3.35]], printed, 'cut off');
  expect([lies('1'), lies('1.3'), lies('1.4'), lies('3'), lies('3.4')]).toEqual([
    true,
    false,
    true,
    true,
    false,
  ]);
});

test('a number that was rounded may be half a unit of its last place away', () => {
  const lies = (printed: string) => liesWithin([[1.41, 3.35]], printed, 'rounded');
  expect([lies('1'), lies('1.3'), lies('1.4'), lies('3.4'), lies('3.5')]).toEqual([
    true,
    false,
    true,
    true,
    false,
  ]);
});

test('intervals end where what is possible ends', () => {
  expect(
    within(
      [
        [-3, -1],
        [-1, 2],
        [95, 105],
      ],
      [0, 100],
    ),
  ).toEqual([
    [0, 2],
    [95, 100],
  ]);
});
