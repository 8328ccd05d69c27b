/**
 * Chains of primes p₀ > p₁ > … with pᵢ = 2pᵢ₊₁ + 1 (A. Cunningham, 1907). The squares of the field of pᵢ elements are
 * the powers of one of them, and there are pᵢ₊₁ of them: so the exponents of one field are the elements of the next.
 */
import { hasSmallDivisor, isPrime } from './residues.ts';

/** p₀ is drawn from a range of large numbers, for then coincidences are rare; `count` chains begin there. */
export interface Supply {
  from: number;
  to: number;
  count: number;
}

/** Up to 2^26.5 the products of remainders fit a double; of chains of more than four there are too few so small. */
const quick = { from: 2 ** 25, to: 2 ** 26.5 };
const large = { from: 2 ** 33, to: 2 ** 35 };

/** By the number of primes in a chain. The counts are exact: every number of the range was tried. */
export const supplies: Record<number, Supply> = {
  3: { ...quick, count: 8749 },
  4: { ...quick, count: 541 },
  5: { ...large, count: 5947 },
  6: { ...large, count: 532 },
  7: { ...large, count: 54 },
};

export const shortestChain = 3;
export const longestChain = 7;

/**
 * A chain of that many primes, each one as likely as any other.
 *
 * @param random uniform in [0, 1)
 */
export function randomChain(length: number, random: () => number): number[] {
  const { from, to } = supplies[length];
  const growth = 2 ** (length - 1);
  // p₀ + 1 = growth·(last + 1), and last + 1 is divisible by 2 and 3, and by 5 if there are four: otherwise some prime of
  // the chain would be.
  const step = length > 3 ? 30 : 6;
  const first = Math.ceil((from + 1) / growth / step);
  const choices = Math.floor((to + 1) / growth / step) - first + 1;
  for (;;) {
    const last = step * (first + Math.floor(random() * choices)) - 1;
    const chain = Array.from({ length }, (_, i) => 2 ** (length - 1 - i) * (last + 1) - 1);
    if (!chain.some(hasSmallDivisor) && chain.every(isPrime)) return chain;
  }
}
