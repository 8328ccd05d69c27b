/** Arithmetic modulo a prime, with remainders that may not be known. */

/**
 * Why a remainder is not known; it is stored as p plus this number. The largest reason of its operands is an
 * operation's own.
 */
export const reasons = {
  /** A division by 0, or the logarithm of a non-square: another point may do. */
  outside: 0,
  /** It depends on an exponent beyond the end of the chain: a chain with one prime more below may do. */
  below: 1,
  /** It depends on a logarithm that is left out, or from beyond the beginning of the chain: one more prime above may do. */
  above: 2,
  /** NaN or infinity came in. */
  notANumber: 3,
} as const;

export type Reason = (typeof reasons)[keyof typeof reasons];

/** On remainders modulo p, of which some may not be known. */
export type Operation = (a: number, b: number, p: number) => number;

export const sum: Operation = (a, b, p) => (a < p && b < p ? add(a, b, p) : unknown(a, b, p));
export const difference: Operation = (a, b, p) => (a < p && b < p ? subtract(a, b, p) : unknown(a, b, p));
export const product: Operation = (a, b, p) => {
  if (a < p && b < p) return multiply(a, b, p);
  return isZeroTimesSomething(a, b, p) || isZeroTimesSomething(b, a, p) ? 0 : unknown(a, b, p);
};
export const quotient: Operation = (a, b, p) => {
  if (b === 0) return unknown(a, p + reasons.outside, p);
  return a < p && b < p ? multiply(a, inverse(b, p), p) : unknown(a, b, p);
};

const unknown: Operation = (a, b, p) => (a < p ? b : b < p ? a : Math.max(a, b));

/** What lies beyond the chain is some number all the same. */
const isZeroTimesSomething = (a: number, b: number, p: number): boolean =>
  a === 0 && (b === p + reasons.below || b === p + reasons.above);

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

/** Of a constant that counts as a fraction: numerator times denominator at most. */
const maxFraction = 2 ** 40;
/** The relative error of a few operations on doubles. */
const fewRoundings = 2 ** -50;

/** The fraction, of small numerator and denominator, that a double is but for rounding: 1/3 of 0.333…; by continued fractions. */
export function fractionOf(value: number): { numerator: number; denominator: number } | undefined {
  let [numerator, before] = [1, 0];
  let [denominator, denominatorBefore] = [0, 1];
  for (let rest = Math.abs(value); Number.isFinite(rest); rest = 1 / (rest - Math.floor(rest))) {
    const whole = Math.floor(rest);
    [numerator, before] = [whole * numerator + before, numerator];
    [denominator, denominatorBefore] = [whole * denominator + denominatorBefore, denominator];
    if (numerator * denominator > maxFraction) return undefined;
    if (Math.abs(numerator / denominator - Math.abs(value)) <= fewRoundings * Math.abs(value)) {
      return { numerator: Math.sign(value) * numerator, denominator };
    }
  }
  return undefined;
}

/**
 * Logarithms of squares modulo p to a base whose powers they are, in [0, (p − 1)/2), by baby steps and giant steps
 * (D. Shanks, 1971): a = base^(i·√n + j) is found where a·base^(−i·√n) is among the first √n powers.
 */
export function logarithmTo(base: number, p: number): (a: number) => number {
  const order = (p - 1) / 2;
  const steps = Math.ceil(Math.sqrt(order));
  const small = new Map<number, number>();
  for (let j = 0, value = 1; j < steps; j++, value = multiply(value, base, p)) small.set(value, j);
  const giant = inverse(power(base, steps, p), p);
  return (a) => {
    for (let i = 0, value = a; i <= steps; i++, value = multiply(value, giant, p)) {
      const j = small.get(value);
      if (j !== undefined) return (i * steps + j) % order;
    }
    throw new RangeError(`${a} is not a power of ${base} modulo ${p}`);
  };
}
