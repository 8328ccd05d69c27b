/**
 * Chains of primes, each half of the one before: pᵢ₊₁ = (pᵢ − 1)/2 (Cunningham chains). Exponents of
 * squares modulo a prime are remainders modulo the next prime.
 */
import { multiply, power } from './remainders.ts';

const smallPrimes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];
const bases = smallPrimes.slice(0, 7);

/** Whether a number above 53 has a divisor up to 53: a quick way to see that most numbers are not prime. */
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
