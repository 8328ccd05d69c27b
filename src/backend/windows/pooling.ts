/**
 * Pooling and its gradients as their definitions say it. What lies outside of a picture does not count, and where a number is
 * NaN, it is the largest.
 */
import { forEachTap, pixelsOf, type Windows } from './windows.ts';

type Numbers = ArrayLike<number>;

/** The number of the first of the largest elements of every window, by channel; −1 for windows that lie outside. */
function winnersOf(x: Numbers, windows: Windows): Int32Array {
  const { outChannels: channels } = windows;
  const winners = new Int32Array(pixelsOf(windows).output * channels).fill(-1);
  forEachTap(windows, (seen, _, result) => {
    for (let c = 0; c < channels; c++) {
      const place = seen * channels + c;
      const at = result * channels + c;
      const best = winners[at] < 0 ? undefined : x[winners[at]];
      if (best === undefined || x[place] > best || (isNaN(x[place]) && !isNaN(best))) winners[at] = place;
    }
  });
  return winners;
}

/** The largest element of every window; −∞ where a window lies outside. */
export const maxPool = (x: Numbers, windows: Windows): Float64Array =>
  Float64Array.from(winnersOf(x, windows), (place) => (place < 0 ? -Infinity : x[place]));

/** Each slope goes to the first of the largest elements of its window. */
export function maxPoolGradient(slopes: Numbers, x: Numbers, windows: Windows): Float64Array {
  const out = new Float64Array(x.length);
  winnersOf(x, windows).forEach((place, at) => {
    if (place >= 0) out[place] += slopes[at];
  });
  return out;
}

/** How many places of each window lie within its picture. */
function countsOf(windows: Windows): Int32Array {
  const counts = new Int32Array(pixelsOf(windows).output);
  forEachTap(windows, (_seen, _tap, result) => counts[result]++);
  return counts;
}

/** The mean of the places of a window that lie within; 0 where none does. */
export function averagePool(x: Numbers, windows: Windows): Float64Array {
  const { outChannels: channels } = windows;
  const counts = countsOf(windows);
  const out = new Float64Array(counts.length * channels);
  forEachTap(windows, (seen, _, result) => {
    for (let c = 0; c < channels; c++) out[result * channels + c] += x[seen * channels + c];
  });
  return out.map((sum, at) => sum / Math.max(1, counts[Math.floor(at / channels)]));
}

/** Each slope goes in equal parts to the places of its window that lie within. */
export function averagePoolGradient(slopes: Numbers, windows: Windows): Float64Array {
  const { outChannels: channels } = windows;
  const counts = countsOf(windows);
  const out = new Float64Array(pixelsOf(windows).input * channels);
  forEachTap(windows, (seen, _, result) => {
    for (let c = 0; c < channels; c++)
      out[seen * channels + c] += slopes[result * channels + c] / counts[result];
  });
  return out;
}
