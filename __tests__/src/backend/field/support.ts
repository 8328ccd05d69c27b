import { Field, type Structure } from '../../../../src/backend/field/index.ts';
import { randomNumbers } from '../../../../src/gradcheck/proof/points.ts';

/** Of three primes near 9·10⁷, 4·10⁷ and 2·10⁷; the second is that of the comparison, so that logarithms are known. */
export const largeChain = [94877999, 47438999, 23719499];
/** Small enough to work with by hand: 23 = 2·11 + 1, 11 = 2·5 + 1. */
export const smallChain = [23, 11, 5];

export const fieldOf = (structure: Partial<Structure> = {}, seed = 'f1e1d'): Field =>
  new Field({ primes: largeChain, ...structure }, randomNumbers(seed));
