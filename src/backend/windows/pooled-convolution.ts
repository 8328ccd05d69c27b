/**
 * A convolution, its ReLU and its 2×2 max-pooling as one operation, which keeps the winner of every pool, and the way back, on which
 * only the maxIndices' windows are touched. Without padding, with steps of 1.
 */
import { InputError } from '../../utils/errors.ts';
import { convolution } from './convolution.ts';

type Numbers = ArrayLike<number>;

export interface PooledShapes {
  batch: number;
  /** Of the pictures. */
  height: number;
  width: number;
  inChannels: number;
  /** Of the filters, both ways. */
  size: number;
  outChannels: number;
  /** `[batch, pooled height, pooled width, outChannels]` */
  pooled: number[];
}

/**
 * @param x `[batch, height, width, inChannels]`
 * @param filter `[size, size, inChannels, outChannels]`
 * @throws InputError where they do not go together
 */
export function pooledShapes(x: number[], filter: number[]): PooledShapes {
  const [batch, height, width, inChannels] = x;
  const [size, across, inner, outChannels] = filter;
  const pooled = [batch, (height - size + 1) >> 1, (width - size + 1) >> 1, outChannels];
  if (
    x.length !== 4 ||
    filter.length !== 4 ||
    size !== across ||
    inner !== inChannels ||
    !(Math.min(...pooled) > 0)
  ) {
    throw new InputError(
      `pictures of shape [${x.join(', ')}] and filters of shape [${filter.join(', ')}] do not go together: pictures are ` +
        '[batch, height, width, channels], filters [size, size, channels, outputs], and at least 2×2 results are pooled',
    );
  }
  return { batch, height, width, inChannels, size, outChannels, pooled };
}

/** The largest of every 2×2 sums, or 0, and the number of its window's first element in x. */
export function convolvePooled(
  x: Numbers,
  filter: Numbers,
  bias: Numbers,
  shapes: PooledShapes,
): { pooled: Float64Array; maxIndices: Int32Array } {
  const { batch, height, width, inChannels, size, outChannels } = shapes;
  const [outHeight, outWidth] = [height - size + 1, width - size + 1];
  const sums = convolution(x, filter, {
    batch,
    inChannels,
    outChannels,
    input: [1, height, width],
    output: [1, outHeight, outWidth],
    size: [1, size, size],
    strides: [1, 1, 1],
    dilations: [1, 1, 1],
    before: [0, 0, 0],
    shape: [],
  });
  const count = shapes.pooled.reduce((product, length) => product * length, 1);
  const [pooled, maxIndices] = [new Float64Array(count), new Int32Array(count)];
  const [, rows, columns] = shapes.pooled;
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < 2 * rows; y += 2) {
      for (let column = 0; column < 2 * columns; column += 2) {
        for (let o = 0; o < outChannels; o++, at++) {
          let best = -Infinity;
          for (let place = 0; place < 4; place++) {
            const [py, px] = [y + (place >> 1), column + (place & 1)];
            const sum = sums[((n * outHeight + py) * outWidth + px) * outChannels + o];
            if (sum > best || place === 0) {
              best = sum;
              maxIndices[at] = ((n * height + py) * width + px) * inChannels;
            }
          }
          pooled[at] = Math.max(0, best + bias[o]);
        }
      }
    }
  }
  return { pooled, maxIndices };
}

/** Calls back for every winner that a slope comes back to, with where its window lies in x and which filter it belongs to. */
function forEachWinner(
  upstream: Numbers,
  maxIndices: Numbers,
  { outChannels }: PooledShapes,
  visit: (start: number, channel: number, slope: number) => void,
): void {
  for (let at = 0; at < upstream.length; at++) {
    if (upstream[at] !== 0) visit(maxIndices[at], at % outChannels, upstream[at]);
  }
}

/** `∂L/∂filter[…, o] = Σ over the maxIndices of o of slope · window` */
export function maxIndicesFilterGradient(
  x: Numbers,
  maxIndices: Numbers,
  upstream: Numbers,
  shapes: PooledShapes,
): Float64Array {
  const { width, inChannels, size, outChannels } = shapes;
  const length = size * inChannels;
  const out = new Float64Array(size * length * outChannels);
  forEachWinner(upstream, maxIndices, shapes, (start, channel, slope) => {
    for (let row = 0, to = channel; row < size; row++) {
      const from = start + row * width * inChannels;
      for (let i = 0; i < length; i++, to += outChannels) out[to] += slope * x[from + i];
    }
  });
  return out;
}

/** `∂L/∂x`: every winner adds `slope · filter[…, o]` to its window. */
export function maxIndicesInputGradient(
  filter: Numbers,
  maxIndices: Numbers,
  upstream: Numbers,
  shapes: PooledShapes,
): Float64Array {
  const { batch, height, width, inChannels, size, outChannels } = shapes;
  const length = size * inChannels;
  const out = new Float64Array(batch * height * width * inChannels);
  forEachWinner(upstream, maxIndices, shapes, (start, channel, slope) => {
    for (let row = 0, from = channel; row < size; row++) {
      const to = start + row * width * inChannels;
      for (let i = 0; i < length; i++, from += outChannels) out[to + i] += slope * filter[from];
    }
  });
  return out;
}
