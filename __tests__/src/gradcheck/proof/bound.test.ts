import { describe, expect, test } from '@jest/globals';
import { chanceToMiss, pointsFor, wantedBound } from '../../../../src/gradcheck/proof/bound.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';

const usual = { degree: 30, bits: 80, hasKinks: false, rows: 4, chain: 3 };

describe('the chance to miss a difference at one point', () => {
  test('is the sum of what docs/proof.md derives', () => {
    const choices = (2 ** 25 - 1) / 2;
    const expected = 30 / choices + 80 / 25 / 8749 + 48 / 2 ** 23 + 2 ** -25;
    expect(chanceToMiss(usual)).toBeCloseTo(expected, 12);
  });

  test('grows with degree, coefficients, kinks and rows, and where chains are rare', () => {
    const chance = chanceToMiss(usual);
    for (const more of [{ degree: 60 }, { bits: 160 }, { hasKinks: true }, { rows: 8 }, { chain: 4 }]) {
      expect(chanceToMiss({ ...usual, ...more })).toBeGreaterThan(chance);
    }
  });
});

test('as many points as the bound takes, no fewer than 14, no more than 300', () => {
  for (const missed of [1e-6, 1e-3, 0.01, 0.1, 0.5]) {
    const { points, bound } = pointsFor(missed);
    expect(points).toBeGreaterThanOrEqual(14);
    expect(bound).toBeLessThanOrEqual(wantedBound);
    if (points > 14) expect(missed ** (points - 1)).toBeGreaterThan(wantedBound);
  }
  expect(pointsFor(1)).toEqual({ points: 300, bound: 1 });
  expect(pointsFor(NaN)).toEqual({ points: 300, bound: 1 });
});

describe('random numbers', () => {
  test('lie in [0, 1), are spread evenly, and depend on every digit of the seed', () => {
    const firstOf = (seed: string): number => randomNumbers(seed)();
    const seeds = Array.from({ length: 32 }, (_, i) => '0'.repeat(i) + '1' + '0'.repeat(31 - i));
    expect(new Set(seeds.map(firstOf)).size).toBe(32);
    const random = randomNumbers('abcdef0123456789');
    const numbers = Array.from({ length: 10_000 }, random);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
  });
});
