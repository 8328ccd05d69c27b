import { expect, test } from '@jest/globals';
import {
  difference,
  product,
  quotient,
  reasons,
  sum,
  type Operation,
} from '../../../../src/backend/field/field.ts';

const p = 23;
const operations = { sum, difference, product, quotient };
const unknowns = Object.values(reasons).map((reason) => p + reason);

test.each(Object.entries(operations))(
  '%s of what is known is that modulo p, and known',
  (name, operation) => {
    const exact: Record<string, Operation> = {
      sum: (a, b) => (a + b) % p,
      difference: (a, b) => (a - b + p) % p,
      product: (a, b) => (a * b) % p,
      // The one number whose product with the divisor is the dividend.
      quotient: (a, b) => Array.from({ length: p }, (_, q) => q).find((q) => (q * b) % p === a)!,
    };
    for (let a = 0; a < p; a++)
      for (let b = name === 'quotient' ? 1 : 0; b < p; b++)
        expect(operation(a, b, p)).toBe(exact[name](a, b, p));
  },
);

test.each(Object.entries(operations))(
  '%s of what is not known is not known, for the larger reason',
  (name, operation) => {
    for (const known of [1, 5, p - 1])
      for (const a of unknowns) {
        expect([name, operation(a, known, p)]).toEqual([name, a]);
        expect([name, operation(known, a, p)]).toEqual([name, a]);
        for (const b of unknowns) expect(operation(a, b, p)).toBe(Math.max(a, b));
      }
  },
);

test('0 times a number that lies beyond the chain is 0; times what is no number it is not', () => {
  const { outside, below, above, notANumber } = reasons;
  for (const reason of [below, above]) {
    expect([product(0, p + reason, p), product(p + reason, 0, p)]).toEqual([0, 0]);
  }
  for (const reason of [outside, notANumber]) {
    expect([product(0, p + reason, p), product(p + reason, 0, p)]).toEqual([p + reason, p + reason]);
  }
});

test('a division by 0 is outside, unless something worse came in', () => {
  expect([quotient(3, 0, p), quotient(0, 0, p)]).toEqual([p + reasons.outside, p + reasons.outside]);
  expect(quotient(p + reasons.above, 0, p)).toBe(p + reasons.above);
});
