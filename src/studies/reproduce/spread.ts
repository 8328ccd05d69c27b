/**
 * Numbers that hang on data drawn without a seed: is the printed one such as another draw of ours would be?
 */
import { agreeingDigits, readPrinted, type Printed } from './compare.ts';
import type { Row } from './types.ts';

/** Two-sided 99 % quantiles of Student's t by degrees of freedom, from 1. */
const quantiles = [
  63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.25, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947,
];

/**
 * Where one more draw from the same normal distribution falls with probability 99 %: mean ± t·s·√(1 + 1/n).
 *
 * @param draws at least two
 */
export function predictionInterval(draws: number[]): [low: number, high: number] {
  const n = draws.length;
  const mean = draws.reduce((a, b) => a + b) / n;
  const deviation = Math.sqrt(draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / (n - 1));
  const half = quantiles[Math.min(n - 1, quantiles.length) - 1] * deviation * Math.sqrt(1 + 1 / n);
  return [mean - half, mean + half];
}

/**
 * @param draws ours, one for each seed
 * @param digits `cut off`: the number that was printed goes on beyond its last digit, 48 stands for anything below 49
 */
export function spreadRow(
  { printed, ...what }: Printed,
  draws: number[],
  digits: 'all' | 'cut off' = 'all',
): Row {
  const { value, lastPlace } = readPrinted(printed);
  const atMost = digits === 'all' ? value : value + lastPlace;
  const ours = median(draws);
  const [low, high] = predictionInterval(draws);
  return {
    ...what,
    printed: value,
    ours,
    digits: agreeingDigits(printed, ours),
    reproduced: atMost >= low && value <= high,
    interval: [low, high],
  };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
