import { expect, test } from '@jest/globals';
import { benignRows, drawBreastCancer, malignantRows } from '../../../datasets/built-in/breast-cancer.ts';

test('as many rows of each class as the real table, all values positive', () => {
  const { inputs, labels } = drawBreastCancer(0);
  expect(labels.filter((label) => label === 0)).toHaveLength(malignantRows);
  expect(labels.filter((label) => label === 1)).toHaveLength(benignRows);
  expect(inputs).toHaveLength((malignantRows + benignRows) * 30);
  expect(inputs.every((value) => Number.isFinite(value) && value > 0)).toBe(true);
});

/** The correlation of two features over the rows of one class. */
function correlation(a: number, b: number): number {
  const { inputs, labels } = drawBreastCancer(0);
  const rows = Array.from(labels.keys()).filter((row) => labels[row] === 1);
  const centered = (feature: number) => {
    const values = rows.map((row) => inputs[row * 30 + feature]);
    const mean = values.reduce((sum, value) => sum + value, 0) / rows.length;
    return values.map((value) => value - mean);
  };
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const [x, y] = [centered(a), centered(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

test('radius, perimeter and area go together, radius and smoothness do not', () => {
  expect(correlation(0, 2)).toBeGreaterThan(0.9);
  expect(correlation(0, 3)).toBeGreaterThan(0.9);
  expect(Math.abs(correlation(0, 4))).toBeLessThan(0.2);
});
