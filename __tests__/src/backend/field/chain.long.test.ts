import { expect, test } from '@jest/globals';
import { isPrime, longestChain, randomChain, supplies } from '../../../../src/backend/field/chains.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';

/** All odd primes below `end`, as marks. */
function sieve(end: number): Uint8Array {
  const composite = new Uint8Array(end);
  for (let i = 3; i * i < end; i += 2) {
    if (composite[i] === 0) for (let j = i * i; j < end; j += 2 * i) composite[j] = 1;
  }
  return composite;
}

test('there are as many chains as the bound counts on: every number was tried', () => {
  const { from, to } = supplies[3];
  const composite = sieve(Math.floor(to) + 1);
  const isSieved = (n: number): boolean => n > 2 && n % 2 === 1 && composite[n] === 0;
  const count = (length: number): number => {
    let found = 0;
    for (let p = Math.ceil(from); p <= to; p++) {
      let last = p;
      let i = 0;
      for (; i < length && isSieved(last); i++) last = (last - 1) / 2;
      if (i === length) found++;
    }
    return found;
  };
  expect({ 3: count(3), 4: count(4) }).toEqual({ 3: supplies[3].count, 4: supplies[4].count });
});

test.each([6, longestChain])('a chain of %d primes is one, in its range', (length) => {
  const chain = randomChain(length, randomNumbers('c4a1'));
  expect(chain).toHaveLength(length);
  expect(chain.every(isPrime)).toBe(true);
  expect(chain.slice(1).map((p) => 2 * p + 1)).toEqual(chain.slice(0, -1));
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
