import { beforeAll, describe, expect, test } from '@jest/globals';
import { drawDigits } from '../../../datasets/built-in/digits.ts';

/** How a digit's strokes enclose paper does not depend on slant, width or size, so it tells whether the right thing is drawn. */
let holesOf: { digit: number; rows: number[] }[];

beforeAll(() => {
  const { pixels, labels } = drawDigits({ count: 1000, seed: 21 });
  holesOf = Array.from(labels, (digit, i) => ({
    digit,
    rows: rowsOfHoles(pixels.subarray(784 * i, 784 * i + 784)),
  }));
});

/** On MNIST's own images the shares are 0.79, 0.99, 0.96, 0.93, 0.70, 0.98, 0.61 and 0.74. */
test.each([
  { digit: 0, holes: 1, atLeast: 0.6 },
  { digit: 1, holes: 0, atLeast: 0.85 },
  { digit: 3, holes: 0, atLeast: 0.65 },
  { digit: 5, holes: 0, atLeast: 0.7 },
  { digit: 6, holes: 1, atLeast: 0.45 },
  { digit: 7, holes: 0, atLeast: 0.8 },
  { digit: 8, holes: 2, atLeast: 0.35 },
  { digit: 9, holes: 1, atLeast: 0.45 },
])('most images of $digit have $holes holes', ({ digit, holes, atLeast }) => {
  const ofDigit = holesOf.filter((image) => image.digit === digit);
  const share = ofDigit.filter(({ rows }) => rows.length === holes).length / ofDigit.length;
  expect(share).toBeGreaterThan(atLeast);
});

describe('the hole of', () => {
  const meanRow = (digit: number) => {
    const rows = holesOf.filter((image) => image.digit === digit && image.rows.length === 1);
    return rows.reduce((sum, image) => sum + image.rows[0], 0) / rows.length;
  };
  test('0 is in the middle', () => expect(Math.abs(meanRow(0) - 14)).toBeLessThan(1.5));
  test('6 is below it', () => expect(meanRow(6)).toBeGreaterThan(15.5));
  test('9 is above it', () => expect(meanRow(9)).toBeLessThan(12.5));
});

/** The mean row of every patch of paper that ink encloses. */
function rowsOfHoles(image: Uint8Array): number[] {
  const visited = Array.from(image, (pixel) => pixel > 80);
  const fill = (from: number): number => {
    const stack = [from];
    let size = 0;
    let rows = 0;
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (visited[at]) continue;
      visited[at] = true;
      const column = at % 28;
      const row = (at - column) / 28;
      size++;
      rows += row;
      if (column > 0) stack.push(at - 1);
      if (column < 27) stack.push(at + 1);
      if (row > 0) stack.push(at - 28);
      if (row < 27) stack.push(at + 28);
    }
    return rows / size;
  };
  fill(0); // the paper around the digit
  const holes: number[] = [];
  for (let at = 0; at < 784; at++) if (!visited[at]) holes.push(fill(at));
  return holes;
}
