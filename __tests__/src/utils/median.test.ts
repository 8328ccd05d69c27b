import { expect, test } from '@jest/globals';
import { median } from '../../../src/utils/math.ts';

test('is the middle one; of an even number it lies between the middle two; the values stay as they are', () => {
  const values = [3, 1, 2];
  expect([median(values), median([4, 1, 3, 2]), median([10, 9, 100]), median([7])]).toEqual([2, 2.5, 10, 7]);
  expect(values).toEqual([3, 1, 2]);
  expect(median([])).toBeNaN();
});
