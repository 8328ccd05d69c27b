/** Arithmetic with remainders that may not be known. */
import { add, inverse, multiply, subtract } from './residues.ts';

/**
 * Why a remainder is not known; it is stored as p plus this number. The largest reason of its operands is an
 * operation's own.
 */
export const reasons = {
  /** A division by 0, or the logarithm of what is no square: another point may do. */
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
