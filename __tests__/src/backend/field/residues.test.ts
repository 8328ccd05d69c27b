import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fromDouble,
  hasSmallDivisor,
  inverse,
  isPrime,
  isSquare,
  multiply,
  power,
} from '../../../../src/backend/field/field.ts';

// The largest primes below 2^26.5 and 2³⁵, a small one, and 23.
const primes = [23, 65537, 94906249, 34359738337];

test('the primes of these tests are primes, by division', () => {
  for (const p of primes) {
    expect(isPrime(p)).toBe(true);
    for (let d = 2; d * d <= p; d++) if (p % d === 0) throw new Error(`${p} = ${d}·${p / d}`);
  }
});

test.each(primes)('products, powers and inverses modulo %d are exact', (p) => {
  const residue = fc.integer({ min: 0, max: p - 1 });
  fc.assert(
    fc.property(residue, residue, fc.integer({ min: 0, max: 1000 }), (a, b, n) => {
      expect(BigInt(multiply(a, b, p))).toBe((BigInt(a) * BigInt(b)) % BigInt(p));
      expect(BigInt(power(a, n, p))).toBe(BigInt(a) ** BigInt(n) % BigInt(p));
      if (a !== 0) expect(multiply(a, inverse(a, p), p)).toBe(1);
    }),
    { examples: [[p - 1, p - 1, 3]] },
  );
});

test('half of all residues are squares, and they are those that are squares of something', () => {
  const squares = new Set(Array.from({ length: 22 }, (_, i) => ((i + 1) * (i + 1)) % 23));
  for (let a = 1; a < 23; a++) expect(isSquare(a, 23)).toBe(squares.has(a));
  expect(squares.size).toBe(11);
});

test('primes are told from products', () => {
  const byDivision = (n: number): boolean => {
    for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
    return n > 1;
  };
  for (let n = 0; n < 5000; n++) expect([n, isPrime(n)]).toEqual([n, byDivision(n)]);
  // Strong pseudoprimes to the bases 2, 3, 5, 7 (Jaeschke).
  expect(isPrime(3215031751)).toBe(false);
});

test('a small divisor is one up to 53', () => {
  for (let n = 54; n < 6000; n++) {
    let least = 2;
    while (n % least !== 0) least++;
    expect([n, hasSmallDivisor(n)]).toEqual([n, least <= 53]);
  }
});

test('a double is the fraction that it is, to the last bit', () => {
  const p = 94906249;
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), (value) => {
      let [numerator, denominator] = [value, 1n];
      for (; !Number.isInteger(numerator); numerator *= 2) denominator *= 2n;
      const residue = BigInt(fromDouble(value, p));
      const expected = ((BigInt(numerator) % BigInt(p)) + BigInt(p)) % BigInt(p);
      expect((residue * denominator) % BigInt(p)).toBe(expected);
    }),
    { examples: [[5e-324], [1 + 2 ** -52], [-0.1]] },
  );
  expect(fromDouble(1 + 2 ** -52, p)).not.toBe(1);
});
