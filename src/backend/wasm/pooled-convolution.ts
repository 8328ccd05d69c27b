/** A convolution, its ReLU and its 2×2 max-pooling in one pass, and its gradients. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { pooledShapes, type PooledShapes } from '../windows/pooled-convolution.ts';
import type { Assembly, Inputs, MaxIndices } from './assembly.ts';
import { roundUpTo8, packed, requireFloat32 } from './convolution.ts';

/** Pictures whose bytes stay in the processor's second cache while every channel goes through them. */
const bytesAtOnce = 96 * 1024;

/**
 * @param inputs x `[batch, height, width, inChannels]`, filter `[size, size, inChannels, outChannels]`, bias `[outChannels]`
 * @returns pooled, and maxIndices: where in x the window of each begins
 */
export function convolvePooled(assembly: Assembly, { x, filter, bias }: Inputs): TensorInfo[] {
  requireFloat32('a pooled convolution', x, filter, bias);
  const shapes = pooledShapes(x.shape, filter.shape);
  const { backend, exports, addressOf } = assembly;
  const { batch, height, width, inChannels, size, outChannels } = shapes;
  const pooled = backend.makeOutput(shapes.pooled, 'float32');
  const maxIndices = backend.makeOutput(shapes.pooled, 'int32');
  const [panels, start] = packed(assembly, filter, bias);
  exports.convolvePooled(
    ...([addressOf(x), batch, height, width, inChannels, panels, size, start] as const),
    ...([addressOf(pooled), addressOf(maxIndices), outChannels] as const),
  );
  return [pooled, maxIndices];
}

/** ∂L/∂filter from dy = ∂L/∂(largest sum), `[batch, height, width, outChannels]` of the pools. */
export function maxIndicesFilterGradient(
  assembly: Assembly,
  { x, maxIndices, dy }: Inputs,
  { filterShape }: { filterShape: number[] },
): TensorInfo {
  requireFloat32('the gradient of a pooled convolution', x, dy);
  const shapes = pooledShapes(x.shape, filterShape);
  const { exports, backend, addressOf, numbersAt } = assembly;
  const { size, inChannels, outChannels } = shapes;
  const length = size * inChannels;
  const room = roundUpTo8(length);
  const out = backend.makeOutput(filterShape, 'float32');
  const sumBytes = 4 * outChannels * size * room;
  const sums = assembly.roomFor(sumBytes + listBytes(shapes));
  numbersAt(sums, sumBytes / 4).fill(0);
  forEachPart(assembly, shapes, maxIndices, dy, (part) => {
    exports.addWindows(addressOf(x), ...part, sums, sums + sumBytes);
  });
  // [outChannels][size][room] → [size][length][outChannels]
  for (let row = 0; row < size; row++) {
    const to = addressOf(out) + 4 * row * length * outChannels;
    exports.transpose(sums + 4 * row * room, 4 * size * room, outChannels, length, to, 4 * outChannels);
  }
  return out;
}

/** ∂L/∂x from the same dy. */
export function maxIndicesInputGradient(
  assembly: Assembly,
  { filter, maxIndices, dy }: Inputs,
  { inputShape }: { inputShape: number[] },
): TensorInfo {
  requireFloat32('the gradient of a pooled convolution', filter, dy);
  const shapes = pooledShapes(inputShape, filter.shape);
  const { exports, backend, addressOf, numbersAt } = assembly;
  const { batch, height, width, size, inChannels, outChannels } = shapes;
  const taps = size * size * inChannels;
  const out = backend.makeOutput(inputShape, 'float32');
  const filters = assembly.roomFor(4 * taps * outChannels + listBytes(shapes));
  exports.transpose(addressOf(filter), 4 * outChannels, taps, outChannels, filters, 4 * taps);
  numbersAt(addressOf(out), batch * height * width * inChannels).fill(0);
  forEachPart(assembly, shapes, maxIndices, dy, (part) => {
    exports.spreadWindows(filters, ...part, addressOf(out), filters + 4 * taps * outChannels);
  });
  return out;
}

const picturesAtOnce = ({ height, width, inChannels }: PooledShapes): number =>
  Math.max(1, Math.floor(bytesAtOnce / (4 * height * width * inChannels)));

/** For a pair of address and dy for every pool of one channel in as many pictures as are taken at once. */
const listBytes = (shapes: PooledShapes): number =>
  8 * picturesAtOnce(shapes) * shapes.pooled[1] * shapes.pooled[2];

/** Visits the maxima of as many pictures as are taken at once. */
function forEachPart(
  { addressOf }: Assembly,
  shapes: PooledShapes,
  maxIndices: TensorInfo,
  dy: TensorInfo,
  visit: (part: MaxIndices) => void,
): void {
  const { batch, width, inChannels, size, outChannels, pooled } = shapes;
  const step = picturesAtOnce(shapes);
  const places = pooled[1] * pooled[2];
  for (let n = 0; n < batch; n += step) {
    const at = 4 * n * places * outChannels;
    const count = Math.min(step, batch - n) * places;
    const rows = [4 * width * inChannels, size, size * inChannels] as const;
    visit([...rows, addressOf(dy) + at, addressOf(maxIndices) + at, count, outChannels]);
  }
}

/** dy where the ReLU is active, else 0. @param inputs dy, and y, the results of the ReLU */
export function reluGradient({ backend, exports, addressOf }: Assembly, { dy, y }: Inputs): TensorInfo {
  const out = backend.makeOutput(dy.shape, 'float32');
  const count = dy.shape.reduce((product, length) => product * length, 1);
  exports.reluGradient(addressOf(dy), addressOf(y), addressOf(out), count);
  return out;
}
