/**
 * The set of drawn digits as rows that are drawn when they are first asked for: training on it can begin before the last
 * one is drawn, and sees the same rows as one that waits.
 */
import type { Examples, LazyInputs } from '../../src/data/dataset.ts';
import { drawDigits } from './digits.ts';

export const pixelsPerDigit = 28 * 28;

/** Digits of a set that share a seed, and so are drawn together. */
export const digitsPerSeed = 500;

/** The seed of a set's first digits; each further batch has the next one. No two sets overlap. */
export const firstSeeds = { train: 28_000_000, test: 10_000_000 };

/** How many digits stand in for MNIST: see `mnist.ts`, which says why there are twice as many. */
export const usualRows = { train: 120_000, test: 10_000 };

export class DigitRows implements LazyInputs {
  readonly length: number;
  readonly BYTES_PER_ELEMENT = 1;
  /** `[rows]`, 0 … 9, of rows that are drawn; 0 of others. */
  readonly labels: Uint8Array;
  readonly #pixels: Uint8Array;
  readonly #isDrawn: Uint8Array;
  #drawn = 0;
  readonly #firstSeed: number;

  constructor(split: 'train' | 'test', rows = usualRows[split]) {
    this.length = rows * pixelsPerDigit;
    this.labels = new Uint8Array(rows);
    this.#pixels = new Uint8Array(this.length);
    this.#isDrawn = new Uint8Array(Math.ceil(rows / digitsPerSeed));
    this.#firstSeed = firstSeeds[split];
  }

  get examples(): Examples {
    const { labels } = this;
    return { rows: labels.length, features: pixelsPerDigit, inputs: this, divisor: 255, labels };
  }

  /** How many rows are drawn. */
  get drawn(): number {
    return this.#drawn;
  }

  gather(into: Uint8Array, features: number, order: ArrayLike<number>, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const from = order[i] * features;
      into.set(this.subarray(from, from + features), (i - start) * features);
    }
  }

  subarray(start: number, end = this.length): Uint8Array {
    const digitsIn = (values: number) => values / pixelsPerDigit / digitsPerSeed;
    for (let batch = Math.floor(digitsIn(start)); batch < digitsIn(end); batch++) this.#draw(batch);
    return this.#pixels.subarray(start, end);
  }

  /** Draws some rows that are not drawn yet. @returns whether there were any */
  drawMore(): boolean {
    const batch = this.#isDrawn.indexOf(0);
    if (batch >= 0) this.#draw(batch);
    return batch >= 0;
  }

  #draw(batch: number): void {
    if (this.#isDrawn[batch]) return;
    const first = batch * digitsPerSeed;
    const count = Math.min(digitsPerSeed, this.labels.length - first);
    const { pixels, labels } = drawDigits({ count, seed: this.#firstSeed + batch });
    this.#pixels.set(pixels, first * pixelsPerDigit);
    this.labels.set(labels, first);
    this.#isDrawn[batch] = 1;
    this.#drawn += count;
  }
}
