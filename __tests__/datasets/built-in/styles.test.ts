import { describe, expect, test } from '@jest/globals';
import { chooseStyle, styles } from '../../../datasets/built-in/handwriting.ts';
import { RandomState } from '../../../src/utils/random.ts';

test('there are styles for all ten digits', () => {
  expect(styles).toHaveLength(10);
});

describe.each(styles.map((ofDigit, digit) => [digit, ofDigit] as const))('digit %d', (digit, ofDigit) => {
  test('is written in several ways, each of them sound', () => {
    expect(ofDigit.length).toBeGreaterThanOrEqual(4);
    for (const { weight, strokes } of ofDigit) {
      expect(weight).toBeGreaterThan(0);
      for (const { x, y, corner } of strokes) {
        expect(x.length).toBeGreaterThanOrEqual(2);
        expect([y.length, corner.length]).toEqual([x.length, x.length]);
        expect(x.every((value) => value >= -0.2 && value <= 1.2)).toBe(true);
        expect(y.every((value) => value >= -0.1 && value <= 1.1)).toBe(true);
      }
      const heights = strokes.flatMap(({ y }) => Array.from(y));
      expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(0.6);
    }
  });

  test('styles are chosen as often as their weights say', () => {
    const random = new RandomState(3);
    const counts = new Map(ofDigit.map((style) => [style, 0]));
    const draws = 5000;
    for (let i = 0; i < draws; i++) {
      const style = chooseStyle(digit, random);
      counts.set(style, counts.get(style)! + 1);
    }
    const total = ofDigit.reduce((sum, { weight }) => sum + weight, 0);
    for (const [{ weight }, count] of counts) {
      expect(Math.abs(count / draws - weight / total)).toBeLessThan(0.03);
    }
  });
});
