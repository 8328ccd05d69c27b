import { RandomState } from '../../src/utils/random.ts';
import { Path, write } from './handwriting.ts';
import { draw, SIDE } from './pen.ts';
import { chooseStyle } from './styles.ts';

const PIXELS = SIDE * SIDE;
const PROGRESS_EVERY = 1000;

export interface DrawnDigits {
  /** `[count, 784]`, row by row, as MNIST's: 0 is paper, 255 is ink. */
  pixels: Uint8Array;
  /** `[count]`, 0 … 9. */
  labels: Uint8Array;
}

/**
 * Draw handwritten-looking digits in MNIST's format, from stroke models alone: no one's data is in them.
 * One seed gives the same images everywhere, and the first n of a longer set are the shorter set's.
 * Every ten images in a row hold each digit once, in random order.
 *
 * @param options.seed integer in [0, 2³²)
 * @param options.onProgress is told now and then, and at the end, how many are done
 * @throws RangeError for a seed or count that is none
 */
export function drawDigits(options: {
  count: number;
  seed: number;
  onProgress?: (done: number) => void;
}): DrawnDigits {
  const { count, seed, onProgress } = options;
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`count must be a whole number of images, not ${count}`);
  }
  const random = new RandomState(seed);
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  const path = new Path();
  let order = random.permutation(10);
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0 && i > 0) order = random.permutation(10);
    labels[i] = order[i % 10];
    write(chooseStyle(labels[i], random), random, path);
    draw(path, random, pixels, i * PIXELS);
    if ((i + 1) % PROGRESS_EVERY === 0 || i + 1 === count) onProgress?.(i + 1);
  }
  return { pixels, labels };
}
