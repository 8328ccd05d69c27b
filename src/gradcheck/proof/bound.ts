/**
 * The chance that a proof misses a difference. Derived in docs/proof.md, term by term.
 */
import { supplies } from '../../backend/field/index.ts';

/** What the chance depends on. */
export interface Circumstances {
  /** Of the difference of the two gradients, as a fraction of polynomials with whole coefficients. */
  degree: number;
  bits: number;
  /** Whether signs are asked for: relu, |w|, maxima. */
  hasKinks: boolean;
  rows: number;
  /** Primes in a chain. */
  chain: number;
  /** Pairs of arguments of drawn roots and logarithms, times the degree of their difference. */
  collisions?: number;
  /** Roots that are not drawn. */
  roots?: number;
}

/** The chance that one point shows no difference where there is one, for the signs that occurred there. */
export function chanceToMiss(circumstances: Circumstances): number {
  const { degree, bits, hasKinks, rows, chain, collisions = 0, roots = 0 } = circumstances;
  const { from, count } = supplies[chain];
  // Exponentials, and numbers of a known sign, come from a half of the field only.
  const choices = (from - 1) / 2;
  const smallestPrime = from / 2 ** (chain - 1);
  // Of the points, 2ˡ have a part as large as this one with its l roots; and a root doubles degree and bits.
  const half = 2 ** roots;
  return (
    ((half * half * degree + collisions) * (hasKinks ? rows + 1 : 1)) / choices + // a zero was drawn (Schwartz, Zippel)
    (half * bits) / Math.log2(from) / count + //             the prime divides the coefficient that tells
    (half * chain * rows * (rows + 1)) / smallestPrime + //  the exponents of the rows depend on each other
    1 / from //                                              the random direction hides the difference
  );
}

/** 1e-30: less likely than a computer that errs without noticing. */
export const wantedBound = 1e-30;

/** At least so many of each kind, whatever the bound, so that each sign of each comparison is met with a chance of 1 − 2⁻¹⁴. */
export const minPoints = 14;
/** More than so many would take too long. */
const maxPoints = 300;

/** How many points without zeros make the chance to miss at every one of them small enough, and how small it is then. */
export function pointsFor(missed: number, atLeast = minPoints): { points: number; bound: number } {
  const chance = Number.isNaN(missed) ? 1 : Math.min(1, missed);
  const wanted = chance < 1 ? Math.ceil(Math.log(wantedBound) / Math.log(chance)) : Infinity;
  const points = Math.min(Math.max(wanted, atLeast), maxPoints);
  return { points, bound: chance ** points };
}
