/**
 * Python's `random.Random`: the Mersenne Twister of `random.ts` with Python's own seeding and distributions, so that a program in
 * Python and its counterpart here draw the same numbers. CPython's `Lib/random.py` and `Modules/_randommodule.c`.
 */
import { RandomState } from './random.ts';

export class PythonRandom {
  readonly #bits: RandomState;
  /** The second normal number of the last pair, if it has not been used yet. */
  #spareNormal: number | undefined;

  /** `random.seed(seed)`. @param seed integer in [0, 2³²) */
  constructor(seed: number) {
    this.#bits = RandomState.fromArray([seed]);
  }

  /** `random()`: uniform in [0, 1). */
  random(): number {
    return this.#bits.random();
  }

  /** `shuffle(list)`, in place; returns the list. */
  shuffle<T>(list: T[]): T[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.#below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  /** `gauss(mean, deviation)`: of G. Box and M. Muller's pairs, both are used. */
  gauss(mean: number, deviation: number): number {
    let z = this.#spareNormal;
    this.#spareNormal = undefined;
    if (z === undefined) {
      const angle = this.random() * 2 * Math.PI;
      const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * radius;
      this.#spareNormal = Math.sin(angle) * radius;
    }
    return mean + z * deviation;
  }

  /** The index that `choices(range(n), weights)` draws. */
  choice(weights: ArrayLike<number>): number {
    return weightedChoice(weights, this.random());
  }

  /** `_randbelow(n)`: as many bits as n has, until they are below n. */
  #below(n: number): number {
    const bits = 32 - Math.clz32(n);
    let value: number;
    do value = this.#bits.uint32() >>> (32 - bits);
    while (value >= n);
    return value;
  }
}

/**
 * The first index whose sum of weights up to it exceeds `draw` times the sum of all.
 *
 * @param draw uniform in [0, 1)
 */
export function weightedChoice(weights: ArrayLike<number>, draw: number): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i];
  const place = draw * total;
  let sum = 0;
  for (let i = 0; i < weights.length - 1; i++) {
    sum += weights[i];
    if (place < sum) return i;
  }
  return weights.length - 1;
}
