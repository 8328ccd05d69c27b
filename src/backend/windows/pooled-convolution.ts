/**
 * A convolution, its ReLU and its 2×2 max-pooling as one operation, without padding and with strides of 1. It keeps the index of
 * every maximum, so that the gradients touch only the windows of the maxima.
 */
import { InputError } from '../../utils/errors.ts';
import { convolution } from './convolution.ts';
import { maxIndicesOf } from './pooling.ts';

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

/** The largest of every 2×2 sums, or 0, and the index of its window's first element in x. */
export function convolvePooled(
  x: Numbers,
  filter: Numbers,
  bias: Numbers,
  { batch, height, width, inChannels, size, outChannels, pooled: shape }: PooledShapes,
): { pooled: Float64Array; maxIndices: Int32Array } {
  const ones = [1, 1, 1] as const;
  const output = [1, height - size + 1, width - size + 1] as const;
  const common = { batch, outChannels, dilations: ones, before: [0, 0, 0], shape } as const;
  const filters = {
    input: [1, height, width],
    inChannels,
    output,
    size: [1, size, size],
    strides: ones,
  } as const;
  const sums = convolution(x, filter, { ...common, ...filters });
  const pools = { input: output, inChannels: outChannels, output: [1, shape[1], shape[2]] } as const;
  const best = maxIndicesOf(sums, { ...common, ...pools, size: [1, 2, 2], strides: [1, 2, 2] });
  return {
    pooled: Float64Array.from(best, (index, at) => Math.max(0, sums[index] + bias[at % outChannels])),
    maxIndices: best.map((index) => {
      const pixel = Math.floor(index / outChannels);
      const [row, column] = [Math.floor(pixel / output[2]), pixel % output[2]];
      const [n, y] = [Math.floor(row / output[1]), row % output[1]];
      return ((n * height + y) * width + column) * inChannels;
    }),
  };
}

/** Visits every maximum whose upstream gradient is not 0, with the start of its window in x and its channel. */
function forEachMaximum(
  upstream: Numbers,
  maxIndices: Numbers,
  { outChannels }: PooledShapes,
  visit: (start: number, channel: number, dy: number) => void,
): void {
  for (let at = 0; at < upstream.length; at++) {
    if (upstream[at] !== 0) visit(maxIndices[at], at % outChannels, upstream[at]);
  }
}

/** `∂L/∂filter[…, o]`: the sum of dy · window over the maxima of channel o */
export function maxIndicesFilterGradient(
  x: Numbers,
  maxIndices: Numbers,
  upstream: Numbers,
  shapes: PooledShapes,
): Float64Array {
  const { width, inChannels, size, outChannels } = shapes;
  const length = size * inChannels;
  const out = new Float64Array(size * length * outChannels);
  forEachMaximum(upstream, maxIndices, shapes, (start, channel, dy) => {
    for (let row = 0, to = channel; row < size; row++) {
      const from = start + row * width * inChannels;
      for (let i = 0; i < length; i++, to += outChannels) out[to] += dy * x[from + i];
    }
  });
  return out;
}

/** `∂L/∂x`: every maximum adds `dy · filter[…, o]` to its window. */
export function maxIndicesInputGradient(
  filter: Numbers,
  maxIndices: Numbers,
  upstream: Numbers,
  shapes: PooledShapes,
): Float64Array {
  const { batch, height, width, inChannels, size, outChannels } = shapes;
  const length = size * inChannels;
  const out = new Float64Array(batch * height * width * inChannels);
  forEachMaximum(upstream, maxIndices, shapes, (start, channel, dy) => {
    for (let row = 0, from = channel; row < size; row++) {
      const to = start + row * width * inChannels;
      for (let i = 0; i < length; i++, from += outChannels) out[to + i] += dy * filter[from];
    }
  });
  return out;
}
