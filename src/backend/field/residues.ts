/**
 * Remainders: whole numbers 0 … p − 1 modulo a prime p below 2³⁵, in doubles and exactly.
 */

/** n mod p for 0 ≤ n < 2⁵³. The quotient is rounded, but never up to a whole number that it does not reach. */
const remainder = (n: number, p: number): number => n - p * Math.floor(n / p);

/** Below it, the product of two remainders is less than 2⁵³ and therefore exact. */
const largestPlainPrime = 2 ** 26.5;
const half = 2 ** 18;

/** a·b mod p. */
export function multiply(a: number, b: number, p: number): number {
  if (p < largestPlainPrime) return remainder(a * b, p);
  // b = high·2¹⁸ + low
  const high = Math.floor(b / half);
  const low = b - high * half;
  return add(remainder(remainder(a * high, p) * half, p), remainder(a * low, p), p);
}

/** a + b mod p. */
export const add = (a: number, b: number, p: number): number => (a + b >= p ? a + b - p : a + b);

/** a − b mod p. */
export const subtract = (a: number, b: number, p: number): number => (a >= b ? a - b : a - b + p);

/** aⁿ mod p for n ≥ 0, by squaring. */
export function power(a: number, n: number, p: number): number {
  let result = 1;
  for (; n > 0; n = Math.floor(n / 2), a = multiply(a, a, p)) {
    if (n % 2 === 1) result = multiply(result, a, p);
  }
  return result;
}

/** 1/a mod p for a ≠ 0, by Fermat: a^(p−1) = 1. */
export const inverse = (a: number, p: number): number => power(a, p - 2, p);

/** Whether a ≠ 0 is a square, by Euler: a^((p−1)/2) is 1 for squares and −1 for others. */
export const isSquare = (a: number, p: number): boolean => power(a, (p - 1) / 2, p) === 1;

/** A double is a fraction n/2ᵏ, and is taken for exactly that. */
export function fromDouble(value: number, p: number): number {
  let halvings = 0;
  for (; !Number.isInteger(value); value *= 2) halvings++;
  const whole = ((value % p) + p) % p;
  return multiply(whole, power((p + 1) / 2, halvings, p), p);
}

const smallPrimes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
const bases = smallPrimes.slice(0, 7);

/** Whether a number above 53 has a divisor up to 53: a quick way to see that most numbers are no primes. */
export const hasSmallDivisor = (n: number): boolean => smallPrimes.some((small) => n % small === 0);

/** Miller and Rabin's test, which with these seven bases errs for no number below 3.4·10¹⁴ (Jaeschke, 1993). */
export function isPrime(n: number): boolean {
  if (n < 2) return false;
  for (const base of bases) if (n % base === 0) return n === base;
  let odd = n - 1;
  let twos = 0;
  for (; odd % 2 === 0; odd /= 2) twos++;
  return bases.every((base) => {
    let x = power(base, odd, n);
    if (x === 1) return true;
    for (let i = 0; i < twos; i++, x = multiply(x, x, n)) if (x === n - 1) return true;
    return false;
  });
}
