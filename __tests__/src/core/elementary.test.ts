/** eˣ and ln x have the same bits everywhere: those that V8 had for years. */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RandomState } from '../../../src/core/random.ts';
import { exp, log } from '../../../src/core/elementary.ts';
import { expOfMinus } from '../../../src/core/exponential.ts';

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
});

test.each([0, -0, 1, NaN, Infinity, -Infinity, 709.7, 710, -745.2, -720, 5e-324])(
  'exp and log of %d',
  (x) => {
    expect(exp(x)).toBe(Math.exp(x));
    expect(log(x)).toBe(Math.log(x));
  },
);
