/** A convolution, its ReLU and its 2×2 max-pooling in one pass, which records the index of every maximum. */
import { storeFirst } from './convolution';
import { multiplyAdd } from './multiply-add';

/**
 * `pooled = max(0, max of 2×2 neighbors of (bias + input ∗ filter))`, without padding and with steps of 1: the four places of a
 * pool by eight channels at a time. A last odd row or column is left out.
 *
 * @param panels the filters `[size, size, inChannels, outChannels]`, packed
 * @param bias as long as the panels
 * @param pooled, maxIndices `[batch, (inHeight − size + 1) / 2, (inWidth − size + 1) / 2, outChannels]`; an index is that of
 *   the first element of the window in `input`.
 */
export function convolvePooled(
  input: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  panels: usize,
  size: i32,
  bias: usize,
  pooled: usize,
  maxIndices: usize,
  outChannels: i32,
): void {
  const height = (inHeight - size + 1) >> 1;
  const width = (inWidth - size + 1) >> 1;
  const pixel = (<usize>inChannels) << 2;
  const row = <usize>inWidth * pixel;
  const below = row + pixel;
  const length = <usize>size * pixel;
  const right = i32x4.splat(inChannels);
  const down = i32x4.splat(inWidth * inChannels);
  for (let channel = 0; channel < outChannels; channel += 8) {
    const filled = min(outChannels - channel, 8);
    const bias0 = v128.load(bias);
    const bias1 = v128.load(bias, 16);
    let to = (<usize>channel) << 2;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const corner = ((n * inHeight + 2 * y) * inWidth + 2 * x) * inChannels;
          let from = input + ((<usize>corner) << 2);
          let b = panels;
          let sum00 = bias0;
          let sum01 = bias1;
          let sum10 = bias0;
          let sum11 = bias1;
          let sum20 = bias0;
          let sum21 = bias1;
          let sum30 = bias0;
          let sum31 = bias1;
          for (let ky = 0; ky < size; ky++) {
            const stop = from + length;
            for (let a = from; a < stop; a += 4) {
              const b0 = v128.load(b);
              const b1 = v128.load(b, 16);
              const a0 = v128.load32_splat(a);
              sum00 = multiplyAdd(a0, b0, sum00);
              sum01 = multiplyAdd(a0, b1, sum01);
              const a1 = v128.load32_splat(a + pixel);
              sum10 = multiplyAdd(a1, b0, sum10);
              sum11 = multiplyAdd(a1, b1, sum11);
              const a2 = v128.load32_splat(a + row);
              sum20 = multiplyAdd(a2, b0, sum20);
              sum21 = multiplyAdd(a2, b1, sum21);
              const a3 = v128.load32_splat(a + below);
              sum30 = multiplyAdd(a3, b0, sum30);
              sum31 = multiplyAdd(a3, b1, sum31);
              b += 32;
            }
            from += row;
          }
          const first = i32x4.splat(corner);
          storeFirst(
            pooled + to,
            largest(sum00, sum10, sum20, sum30),
            largest(sum01, sum11, sum21, sum31),
            filled,
          );
          storeFirst(
            maxIndices + to,
            i32x4.add(first, maxOffset(sum00, sum10, sum20, sum30, right, down)),
            i32x4.add(first, maxOffset(sum01, sum11, sum21, sum31, right, down)),
            filled,
          );
          to += (<usize>outChannels) << 2;
        }
      }
    }
    panels += (<usize>(size * size * inChannels)) << 5;
    bias += 32;
  }
}

/** The largest of four sums, or 0. */
function largest(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.max(f32x4.splat(0), f32x4.max(f32x4.max(a, b), f32x4.max(c, d)));
}

/** The offset of the first of the largest sums from a: b is to the right of it, c below, d both. */
function maxOffset(a: v128, b: v128, c: v128, d: v128, right: v128, down: v128): v128 {
  const bIsLarger = f32x4.gt(b, a);
  const dIsLarger = f32x4.gt(d, c);
  const upper = v128.bitselect(b, a, bIsLarger);
  const lower = v128.bitselect(d, c, dIsLarger);
  const isLow = f32x4.gt(lower, upper);
  const column = v128.and(right, v128.bitselect(dIsLarger, bIsLarger, isLow));
  return i32x4.add(column, v128.and(down, isLow));
}
