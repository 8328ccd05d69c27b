import { beforeAll, describe, expect, test } from '@jest/globals';
import { drawDigits, type DrawnDigits } from '../../../datasets/built-in/digits.ts';

const PIXELS = 784;
const many = 1000;
let drawn: DrawnDigits;
beforeAll(() => {
  drawn = drawDigits({ count: many, seed: 7 });
});

describe('a seed fixes the images', () => {
  test('the same seed draws the same, a longer set begins with the shorter', () => {
    const again = drawDigits({ count: 25, seed: 7 });
    expect(again.pixels).toEqual(drawn.pixels.slice(0, 25 * PIXELS));
    expect(again.labels).toEqual(drawn.labels.slice(0, 25));
  });

  test('another seed draws others', () => {
    const other = drawDigits({ count: 25, seed: 8 });
    expect(other.pixels).not.toEqual(drawn.pixels.slice(0, 25 * PIXELS));
    expect(other.labels).not.toEqual(drawn.labels.slice(0, 25));
  });

  test.each([-1, 2.5, NaN])('refuses to draw %p images', (count) => {
    expect(() => drawDigits({ count, seed: 1 })).toThrow('count must be a whole number of images');
  });
});

test('every ten images hold each digit once, not always in the same order', () => {
  const tens = Array.from({ length: many / 10 }, (_, i) =>
    Array.from(drawn.labels.slice(10 * i, 10 * i + 10)),
  );
  for (const ten of tens) expect(ten.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(tens.map(String)).size).toBeGreaterThan(95);
});

describe('the images are like MNIST', () => {
  /** MNIST's own: mean 0.1307, standard deviation 0.3081, and 19 % of the pixels are not zero. */
  test('as much ink, as much contrast', () => {
    let sum = 0;
    let squares = 0;
    let inked = 0;
    for (const pixel of drawn.pixels) {
      sum += pixel / 255;
      squares += (pixel / 255) ** 2;
      if (pixel > 0) inked++;
    }
    const count = drawn.pixels.length;
    const mean = sum / count;
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.02);
    expect(Math.abs(Math.sqrt(squares / count - mean ** 2) - 0.3081)).toBeLessThan(0.03);
    expect(Math.abs(inked / count - 0.191)).toBeLessThan(0.03);
    expect(drawn.pixels.includes(255)).toBe(true);
  });

  test('the centre of mass is at pixel (14, 14), give or take a small shift', () => {
    const centres = Array.from({ length: many }, (_, i) => centreOfMass(imageOf(i)));
    for (const axis of [0, 1]) {
      const along = centres.map((centre) => centre[axis]);
      expect(along.reduce((sum, value) => sum + value, 0) / many).toBeCloseTo(14, 0.7);
      expect(Math.max(...along.map((value) => Math.abs(value - 14)))).toBeLessThan(6);
    }
  });

  test('every image has a digit of about 20 pixels in its longer extent', () => {
    for (let i = 0; i < many; i++) {
      const longest = Math.max(...extents(imageOf(i)));
      expect(longest).toBeGreaterThanOrEqual(15);
      expect(longest).toBeLessThanOrEqual(25);
    }
  });
});

/** Chance would be a tenth. (MNIST is easier, nine in ten: these are shifted, and vary more on purpose.) */
test('the nearest of a thousand images tells most others by their class', () => {
  const others = drawDigits({ count: 300, seed: 11 });
  const right = new Array<number>(10).fill(0);
  others.labels.forEach((label, i) => {
    const image = others.pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
    if (drawn.labels[nearest(image)] === label) right[label]++;
  });
  expect(right.reduce((sum, count) => sum + count, 0) / 300).toBeGreaterThan(0.4);
  for (const count of right) expect(count / 30).toBeGreaterThan(0.2);
});

function nearest(image: Uint8Array): number {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < drawn.labels.length; i++) {
    let distance = 0;
    for (let p = 0, q = i * PIXELS; p < PIXELS && distance < least; p++, q++) {
      distance += (image[p] - drawn.pixels[q]) ** 2;
    }
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

function imageOf(i: number): Uint8Array {
  return drawn.pixels.subarray(i * PIXELS, (i + 1) * PIXELS);
}

/** [column, row] weighted by ink. */
function centreOfMass(image: Uint8Array): [number, number] {
  let mass = 0;
  let columns = 0;
  let rows = 0;
  image.forEach((pixel, p) => {
    mass += pixel;
    columns += pixel * (p % 28);
    rows += pixel * Math.floor(p / 28);
  });
  return [columns / mass, rows / mass];
}

/** [width, height] of the inked area in pixels. */
function extents(image: Uint8Array): [number, number] {
  const columns: number[] = [];
  const rows: number[] = [];
  image.forEach((pixel, p) => {
    if (pixel === 0) return;
    columns.push(p % 28);
    rows.push(Math.floor(p / 28));
  });
  return [Math.max(...columns) - Math.min(...columns) + 1, Math.max(...rows) - Math.min(...rows) + 1];
}
