/**
 * Convolutions and their gradients as their definitions say it, summed in doubles. Pictures, results and upstream are
 * `[pixels, channels]`, filters `[taps, inChannels, outChannels]`.
 */
import { forEachTap, pixelsOf, type Windows } from './windows.ts';

type Numbers = ArrayLike<number>;

/** `out[p, o] = Σ x[seen, c]·filter[tap, c, o]` */
export function convolution(x: Numbers, filter: Numbers, windows: Windows): Float64Array {
  const { inChannels, outChannels } = windows;
  const out = new Float64Array(pixelsOf(windows).output * outChannels);
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let i = 0; i < count; i++) {
      const to = (result + i) * outChannels;
      for (let c = 0; c < inChannels; c++) {
        const value = x[(seen + i * step) * inChannels + c];
        const from = (tap * inChannels + c) * outChannels;
        for (let o = 0; o < outChannels; o++) out[to + o] += value * filter[from + o];
      }
    }
  });
  return out;
}

/** `∂L/∂x[seen, c] = Σ ∂L/∂out[p, o]·filter[tap, c, o]` */
export function inputGradient(upstream: Numbers, filter: Numbers, windows: Windows): Float64Array {
  const { inChannels, outChannels } = windows;
  const out = new Float64Array(pixelsOf(windows).input * inChannels);
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let i = 0; i < count; i++) {
      const at = (result + i) * outChannels;
      for (let c = 0; c < inChannels; c++) {
        const from = (tap * inChannels + c) * outChannels;
        let sum = 0;
        for (let o = 0; o < outChannels; o++) sum += upstream[at + o] * filter[from + o];
        out[(seen + i * step) * inChannels + c] += sum;
      }
    }
  });
  return out;
}

/** `∂L/∂filter[tap, c, o] = Σ x[seen, c]·∂L/∂out[p, o]` */
export function filterGradient(x: Numbers, upstream: Numbers, windows: Windows): Float64Array {
  const { inChannels, outChannels } = windows;
  const out = new Float64Array(pixelsOf(windows).window * inChannels * outChannels);
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let i = 0; i < count; i++) {
      const at = (result + i) * outChannels;
      for (let c = 0; c < inChannels; c++) {
        const value = x[(seen + i * step) * inChannels + c];
        const to = (tap * inChannels + c) * outChannels;
        for (let o = 0; o < outChannels; o++) out[to + o] += value * upstream[at + o];
      }
    }
  });
  return out;
}

/**
 * Each channel by filters of its own, `[taps, inChannels, outChannels / inChannels]`, and each alone:
 * calls back with the numbers of an element of the picture, of the filter and of the result that belong together.
 */
function forEachAlone(windows: Windows, visit: (seen: number, filter: number, result: number) => void): void {
  const { inChannels, outChannels } = windows;
  const each = outChannels / inChannels;
  forEachTap(windows, ({ seen, result, count, step }, tap) => {
    for (let i = 0; i < count; i++) {
      const pixel = (seen + i * step) * inChannels;
      for (let o = 0; o < outChannels; o++) {
        visit(pixel + Math.floor(o / each), tap * outChannels + o, (result + i) * outChannels + o);
      }
    }
  });
}

/** `out[p, c·m + i] = Σ x[seen, c]·filter[tap, c, i]` */
export function depthwise(x: Numbers, filter: Numbers, windows: Windows): Float64Array {
  const out = new Float64Array(pixelsOf(windows).output * windows.outChannels);
  forEachAlone(windows, (seen, f, result) => (out[result] += x[seen] * filter[f]));
  return out;
}

/** `∂L/∂x[seen, c] = Σ ∂L/∂out[p, c·m + i]·filter[tap, c, i]` */
export function depthwiseInputGradient(upstream: Numbers, filter: Numbers, windows: Windows): Float64Array {
  const out = new Float64Array(pixelsOf(windows).input * windows.inChannels);
  forEachAlone(windows, (seen, f, result) => (out[seen] += upstream[result] * filter[f]));
  return out;
}

/** `∂L/∂filter[tap, c, i] = Σ x[seen, c]·∂L/∂out[p, c·m + i]` */
export function depthwiseFilterGradient(x: Numbers, upstream: Numbers, windows: Windows): Float64Array {
  const out = new Float64Array(pixelsOf(windows).window * windows.outChannels);
  forEachAlone(windows, (seen, f, result) => (out[f] += x[seen] * upstream[result]));
  return out;
}
