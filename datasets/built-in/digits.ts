import { chooseStyle, Path, write } from './handwriting.ts';
import { draw, SIDE } from './pen.ts';
import type { Examples, LazyInputs, LoadedDataset } from '../../src/data/dataset.ts';
import { RandomState } from '../../src/utils/random.ts';

export const pixelsPerDigit = SIDE * SIDE;

/** What all digits in MNIST's format have in common. */
export const mnistFormat = {
  name: 'mnist',
  classNames: Array.from('0123456789'),
  preprocessing: { kind: 'image', height: SIDE, width: SIDE, channels: 1, divisor: 255 },
} satisfies Partial<LoadedDataset>;

export interface DrawnDigits {
  /** `[count, 784]`, row by row, as MNIST's: 0 is paper, 255 is ink. */
  pixels: Uint8Array;
  /** `[count]`, 0 … 9. */
  labels: Uint8Array;
}

/**
 * Draws handwritten-looking digits in MNIST's format from stroke models; no real data is used.
 * One seed gives the same images everywhere, and the first n of a longer set are the shorter set's.
 * Every ten images in a row hold each digit once, in random order.
 *
 * @param options.seed integer in [0, 2³²)
 * @throws RangeError for an invalid seed or count
 */
export function drawDigits({ count, seed }: { count: number; seed: number }): DrawnDigits {
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count must be a whole number of images, not ${count}`);
  }
  const random = new RandomState(seed);
  const pixels = new Uint8Array(count * pixelsPerDigit);
  const labels = new Uint8Array(count);
  const path = new Path();
  let order = random.permutation(10);
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0 && i > 0) order = random.permutation(10);
    labels[i] = order[i % 10];
    write(chooseStyle(labels[i], random), random, path);
    draw(path, random, pixels, i * pixelsPerDigit);
  }
  return { pixels, labels };
}

/** Digits of a set that share a seed, and so are drawn together. */
export const digitsPerSeed = 500;

/** The seed of a set's first digits; each further batch has the next one. No two sets overlap. */
export const firstSeeds = { train: 28_000_000, test: 10_000_000 };

/** How many digits replace MNIST's; `mnist.ts` says why there are twice as many. */
export const defaultRows = { train: 120_000, test: 10_000 };

/** The digits of a set, drawn in batches when they are first read. */
export class DigitRows implements LazyInputs {
  readonly length: number;
  readonly BYTES_PER_ELEMENT = 1;
  /** `[rows]`, 0 … 9, of rows that are drawn; 0 of others. */
  readonly labels: Uint8Array;
  readonly #pixels: Uint8Array;
  readonly #isDrawn: Uint8Array;
  #drawn = 0;
  readonly #firstSeed: number;
  readonly #batch: number;

  /** @param batch digits that share a seed */
  constructor(split: 'train' | 'test', rows = defaultRows[split], batch = digitsPerSeed) {
    this.#batch = batch;
    this.length = rows * pixelsPerDigit;
    this.labels = new Uint8Array(rows);
    this.#pixels = new Uint8Array(this.length);
    this.#isDrawn = new Uint8Array(Math.ceil(rows / batch));
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

  subarray(start: number, end = this.length): Uint8Array {
    const digitsIn = (values: number) => values / pixelsPerDigit / this.#batch;
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
    const first = batch * this.#batch;
    const count = Math.min(this.#batch, this.labels.length - first);
    const { pixels, labels } = drawDigits({ count, seed: this.#firstSeed + batch });
    this.#pixels.set(pixels, first * pixelsPerDigit);
    this.labels.set(labels, first);
    this.#isDrawn[batch] = 1;
    this.#drawn += count;
  }
}
