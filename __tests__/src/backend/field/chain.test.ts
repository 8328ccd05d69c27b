import { expect, test } from '@jest/globals';
import {
  longestChain,
  randomChain,
  shortestChain,
  supplies,
  isPrime,
} from '../../../../src/backend/field/field.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';

// The longest are rare, and take a second to find.
const lengths = Array.from({ length: longestChain - shortestChain }, (_, i) => shortestChain + i);

test.each(lengths)('a chain of %d primes is one, in its range', (length) => {
  const chain = randomChain(length, randomNumbers('c4a1'));
  expect(chain).toHaveLength(length);
  chain.forEach((p, i) => {
    expect(isPrime(p)).toBe(true);
    if (i > 0) expect(chain[i - 1]).toBe(2 * p + 1);
  });
  expect(chain[0]).toBeGreaterThanOrEqual(supplies[length].from);
  expect(chain[0]).toBeLessThanOrEqual(supplies[length].to);
});

test('chains are drawn all alike: the quarters of the range get what they hold', () => {
  const random = randomNumbers('c4a2');
  const { from, to } = supplies[3];
  const draws = 200;
  const below = Array.from({ length: draws }, () => randomChain(3, random)[0]).filter(
    (p) => p < (from + to) / 2,
  ).length;
  // 4440 of 8749 chains begin in the lower half; four standard deviations.
  expect(Math.abs(below / draws - 4440 / 8749)).toBeLessThan(4 * Math.sqrt(0.25 / draws));
});
