/** Pooling and its gradients by their definitions. What lies outside of a picture does not count, and NaN is the largest number. */
import { forEachTap, pixelsOf, type Windows } from './windows.ts';

type Numbers = ArrayLike<number>;

/** Visits the indices of every element that a window sees and of the result of that window, channel by channel. */
export function forEachSeen(windows: Windows, visit: (seen: number, result: number) => void): void {
  const { outChannels: channels } = windows;
  forEachTap(windows, ({ seen, result, count, step }) => {
    for (let i = 0; i < count; i++) {
      const [from, to] = [(seen + i * step) * channels, (result + i) * channels];
      for (let c = 0; c < channels; c++) visit(from + c, to + c);
    }
  });
}

const resultsOf = (windows: Windows): number => pixelsOf(windows).output * windows.outChannels;

/** The index of the first of the largest elements of every window, by channel; −1 for windows that lie outside. */
export function maxIndicesOf(x: Numbers, windows: Windows): Int32Array {
  const maxIndices = new Int32Array(resultsOf(windows)).fill(-1);
  forEachSeen(windows, (seen, result) => {
    const value = x[seen];
    const best = maxIndices[result] < 0 ? undefined : x[maxIndices[result]];
    if (best === undefined || value > best || (isNaN(value) && !isNaN(best))) maxIndices[result] = seen;
  });
  return maxIndices;
}

/** The largest element of every window; −∞ where a window lies outside. */
export const maxPool = (x: Numbers, windows: Windows): Float64Array =>
  Float64Array.from(maxIndicesOf(x, windows), (place) => (place < 0 ? -Infinity : x[place]));

/** Each element of the upstream gradient goes to the first of the largest elements of its window. */
export function maxPoolGradient(upstream: Numbers, x: Numbers, windows: Windows): Float64Array {
  const out = new Float64Array(x.length);
  maxIndicesOf(x, windows).forEach((place, at) => {
    if (place >= 0) out[place] += upstream[at];
  });
  return out;
}

/** How many elements each window sees, by channel; those outside of the picture do not count. */
function countsOf(windows: Windows): Int32Array {
  const counts = new Int32Array(resultsOf(windows));
  forEachSeen(windows, (_, result) => counts[result]++);
  return counts;
}

/** The mean of what a window sees; 0 where that is nothing. */
export function averagePool(x: Numbers, windows: Windows): Float64Array {
  const counts = countsOf(windows);
  const out = new Float64Array(counts.length);
  forEachSeen(windows, (seen, result) => (out[result] += x[seen]));
  return out.map((sum, at) => sum / Math.max(1, counts[at]));
}

/** Each element of the upstream gradient goes in equal parts to what its window sees. */
export function averagePoolGradient(upstream: Numbers, windows: Windows): Float64Array {
  const counts = countsOf(windows);
  const out = new Float64Array(pixelsOf(windows).input * windows.outChannels);
  forEachSeen(windows, (seen, result) => (out[seen] += upstream[result] / counts[result]));
  return out;
}

/**
 * Where the largest sum of a pixel and its weight lies in every window, by channel: the first of them, or one that is NaN; −1 for
 * windows that lie outside.
 *
 * @param filter `[height, width, channels]`
 */
function dilationPlaces(x: Numbers, filter: Numbers, windows: Windows) {
  const { outChannels: channels } = windows;
  const [pixels, weights] = [0, 1].map(() => new Int32Array(resultsOf(windows)).fill(-1));
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let i = 0; i < count * channels; i++) {
      const at = result * channels + i;
      const pixel = (seen + Math.floor(i / channels) * step) * channels + (i % channels);
      const weight = tap * channels + (i % channels);
      const [sum, best] = [x[pixel] + filter[weight], x[pixels[at]] + filter[weights[at]]];
      if (pixels[at] < 0 || sum > best || (isNaN(sum) && !isNaN(best))) {
        [pixels[at], weights[at]] = [pixel, weight];
      }
    }
  });
  return { pixels, weights };
}

/** The largest sum of a pixel and its weight in every window. */
export function dilation(x: Numbers, filter: Numbers, windows: Windows): Float64Array {
  const { pixels, weights } = dilationPlaces(x, filter, windows);
  return Float64Array.from(pixels, (pixel, at) => (pixel < 0 ? -Infinity : x[pixel] + filter[weights[at]]));
}

/** Each element of the upstream gradient goes to the pixel, or to the weight, of the largest sum of its window. */
export function dilationGradient(
  upstream: Numbers,
  x: Numbers,
  filter: Numbers,
  windows: Windows,
  of: 'pixels' | 'weights',
): Float64Array {
  const out = new Float64Array((of === 'pixels' ? x : filter).length);
  dilationPlaces(x, filter, windows)[of].forEach((place, at) => {
    if (place >= 0) out[place] += upstream[at];
  });
  return out;
}
