/** eˣ and ln x have the same bits everywhere: those that V8 had for years. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { exp, expOfMinus, log, median } from '../../../src/utils/math.ts';
import { RandomState } from '../../../src/utils/random.ts';

const bitsOf = (values: Float64Array) => createHash('sha256').update(values).digest('hex');

const [few, many] = [new RandomState(1).uniform(-2, 2, 5_000), new RandomState(2).uniform(-700, 700, 5_000)];
const sizes = Float64Array.of(...few, ...many);

test('bit for bit as in Node.js 20', () => {
  expect(bitsOf(sizes.map(exp))).toBe('a518692abb133534749578332530cbd3e254cf9b379ad97bc5d5525c4c8aa86b');
  expect(bitsOf(sizes.map((x) => log(Math.abs(x))))).toBe(
    '45db1a81d9ee42cb4311cf7ec79647d3356a9afb359ed1f8859d8db21aec2abb',
  );
  expect(bitsOf(sizes.map((x) => expOfMinus(Math.abs(x))))).toBe(
    '174e3effc2fe1b98fcd82c6f3400460f1aadb112a03deff06846980cbd0829ec',
  );
});

test('within a unit of the last place of what the engine says', () => {
  const near = (a: number, b: number) =>
    Object.is(a, b) || Math.abs(a - b) <= Math.abs(b) * 2 ** -51 + 2 ** -1073;
  fc.assert(fc.property(fc.double({ min: -760, max: 720 }), (x) => near(exp(x), Math.exp(x))));
  fc.assert(fc.property(fc.double({ min: 0 }), (x) => near(log(x), Math.log(x))));
  // Every power of two and what lies above it, down to the numbers that have fewer digits the smaller they are.
  for (let k = -1074; k < 1024; k++)
    for (const x of [1, 1.25, 1.5, 1.75].map((f) => f * 2 ** k))
      expect([x, near(log(x), Math.log(x))]).toEqual([x, true]);
});

test.each([0, -0, 1, -5, -1e-320, NaN, Infinity, -Infinity, 709.7, 710, -745.2, -720, 5e-324])(
  'exp and log of %d',
  (x) => {
    expect(exp(x)).toBe(Math.exp(x));
    expect(log(x)).toBe(Math.log(x));
  },
);

test('around the borders of their rules, bit for bit as in Node.js 20', () => {
  /** A number and its neighbors on both sides. */
  const around = (x: number, ...steps: number[]) =>
    steps.flatMap((step) => [x * (1 - step * 2 ** -52), x * (1 + step * 2 ** -52)]);
  const powers = Array.from({ length: 60 }, (_, i) => 2 ** (i - 30));
  const near1 = powers.flatMap((power) =>
    around(power, 0, 1, 3, 2 ** 20, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40, 2 ** 50),
  );
  const halfLn2 = [0.5, 1, 1.5, 2.5, 1021, 1022.5, 1023.5, 1024].flatMap((k) =>
    around(k * Math.LN2, 0, 1, 2),
  );
  const exponents = [
    ...near1.map((x) => x / 2 ** 32),
    ...halfLn2,
    ...halfLn2.map((x) => -x),
    -708.4,
    -715,
    -740,
    -745.1,
  ];
  expect(bitsOf(Float64Array.from(exponents, exp))).toBe(
    'e7bdd6b663fa0ab5cb6b8f7db9c6ebc7e81baf0340931473981cfc630d96b3cb',
  );
  const smallest = Array.from({ length: 55 }, (_, i) => 2 ** (i - 1074) * 1.5);
  expect(bitsOf(Float64Array.from([...near1, ...smallest, Number.MAX_VALUE], log))).toBe(
    'bbafca67e8de1fea6d864936b91f08847e6ca1bea3bc74a702244d0e6a2e47dd',
  );
});

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

test('is the middle one; of an even number it lies between the middle two; the values stay as they are', () => {
  const values = [3, 1, 2];
  expect([median(values), median([4, 1, 3, 2]), median([10, 9, 100]), median([7])]).toEqual([2, 2.5, 10, 7]);
  expect(values).toEqual([3, 1, 2]);
  expect(median([])).toBeNaN();
});
