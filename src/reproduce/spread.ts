/**
 * Numbers that hang on data drawn without a seed: is the printed one such as one more draw of ours would be?
 */
import { readPrinted } from './compare.ts';
import type { Interval } from './types.ts';

/** Two-sided 99.9 % quantiles of Student's t by degrees of freedom, from 1. */
const quantiles = [
  636.619, 31.599, 12.924, 8.61, 6.869, 5.959, 5.408, 5.041, 4.781, 4.587, 4.437, 4.318, 4.221, 4.14, 4.073,
];

/**
 * Draws belong to two humps where the gap between them is more than this many times the deviation within the humps.
 * Twelve draws of one normal distribution are cut in one case of four hundred.
 */
const wideGap = 5;
/** A run ends like the document's, as its mirror image, or without having learned. */
const mostHumps = 3;

/**
 * Where one more draw falls with a probability of about 99.9 %. Some starts learn with one set of points and not with
 * another, so draws may lie in several humps: each has its own interval, mean ± t·s·√(1 + 1/k) with its k draws, where
 * the deviation s is that of all draws from the means of their humps.
 *
 * @param draws those that are not finite are left out, but a number that was printed is never like them
 * @returns from the lowest to the highest; none where fewer than two draws are finite
 */
export function predictionIntervals(draws: number[]): Interval[] {
  const sorted = draws.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length < 2) return [];
  const humps = humpsOf(sorted);
  const freedom = sorted.length - humps.length;
  const t = quantiles[Math.min(freedom, quantiles.length) - 1];
  const deviation = deviationWithin(humps);
  return humps.map((hump) => {
    const half = t * deviation * Math.sqrt(1 + 1 / hump.length);
    return [mean(hump) - half, mean(hump) + half];
  });
}

/** Cuts sorted draws at their one or two widest gaps, if these are wide in units of the deviation that is then left. */
function humpsOf(sorted: number[]): number[][] {
  const gaps = sorted.slice(1).map((x, i) => ({ width: x - sorted[i], at: i + 1 }));
  gaps.sort((a, b) => b.width - a.width);
  for (let cuts = Math.min(mostHumps - 1, sorted.length - 3); cuts > 0; cuts--) {
    const ends = gaps.slice(0, cuts).map(({ at }) => at);
    ends.sort((a, b) => a - b);
    const humps = [...ends, sorted.length].map((end, i) => sorted.slice(ends[i - 1] ?? 0, end));
    if (gaps[cuts - 1].width > wideGap * deviationWithin(humps)) return humps;
  }
  return [sorted];
}

function deviationWithin(humps: number[][]): number {
  const squares = humps.flatMap((hump) => hump.map((x) => (x - mean(hump)) ** 2));
  return Math.sqrt(squares.reduce((a, b) => a + b) / (squares.length - humps.length));
}

const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;

/** How a number was printed: rounded to its last digit, or cut off after it (48 stands for anything below 49). */
export type LastDigit = 'rounded' | 'cut off';

/** Whether a printed number lies in one of the intervals, or some number that would be printed so. */
export function liesWithin(intervals: Interval[], printed: string, lastDigit: LastDigit): boolean {
  const { value, lastPlace } = readPrinted(printed);
  const [below, above] = lastDigit === 'rounded' ? [lastPlace / 2, lastPlace / 2] : [0, lastPlace];
  return intervals.some(([low, high]) => value + above >= low && value - below <= high);
}

/** The part of the intervals that is possible at all: no cost is below 0. */
export const within = (intervals: Interval[], [least, most]: Interval): Interval[] =>
  intervals
    .filter(([low, high]) => high >= least && low <= most)
    .map(([low, high]) => [Math.max(low, least), Math.min(high, most)]);
