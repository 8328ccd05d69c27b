/**
 * Convolutions of pictures `[batch, height, width, channels]`, and their gradients by the pictures, which are convolutions too.
 * Only the filters are copied: `pack` arranges them in panels of eight outputs, `[panel][taps][8]`.
 */
import { multiplyAdd } from './multiply-add';

/**
 * Filters `[height, width, inner, outer]` as panels of eight outputs, the last filled up with zeros: `[panel][height][width][inner][8]`.
 * All steps in bytes; a negative step from tap to tap turns a filter round.
 */
export function pack(
  filter: usize,
  rowStep: i32,
  columnStep: i32,
  innerStep: i32,
  outerStep: i32,
  height: i32,
  width: i32,
  inner: i32,
  outer: i32,
  to: usize,
): void {
  for (let first = 0; first < outer; first += 8) {
    const filled = min(outer - first, 8);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        let from = <i32>filter + row * rowStep + column * columnStep + first * outerStep;
        for (let i = 0; i < inner; i++) {
          for (let o = 0; o < 8; o++) {
            store<f32>(to, o < filled ? load<f32>(<usize>(from + o * outerStep)) : 0);
            to += 4;
          }
          from += innerStep;
        }
      }
    }
  }
}

/**
 * `out[n, y, x, :] = bias + Σ input[n, y·strideY + ky·dilationY − top, …, :]·filter[ky, kx, :, :]`, in which what lies
 * outside of the picture is skipped: the same place of four pictures by eight outputs at a time.
 *
 * @param panels the filters, packed
 * @param bias as long as the panels, or 0 for none
 * @param relu whether negative results become 0
 * @param spreadY, spreadX 1; or more, to read the picture as if so many places less one of zeros lay between its own. The
 *   gradient of a convolution with strides needs that.
 */
export function convolve(
  input: usize,
  panels: usize,
  bias: usize,
  relu: bool,
  out: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  outHeight: i32,
  outWidth: i32,
  height: i32,
  width: i32,
  strideY: i32,
  strideX: i32,
  top: i32,
  left: i32,
  inChannels: i32,
  outChannels: i32,
  dilationY: i32,
  dilationX: i32,
  spreadY: i32,
  spreadX: i32,
): void {
  const pixel = (<usize>inChannels) << 2;
  const picture = <usize>(inHeight * inWidth) * pixel;
  const outPixel = (<usize>outChannels) << 2;
  const outPicture = <usize>(outHeight * outWidth) * outPixel;
  // Taps that read neighbors are one run through memory.
  const run = dilationX == 1 && spreadX == 1 ? width : 1;
  const zero = f32x4.splat(0);
  for (let first = 0; first < outChannels; first += 8) {
    const filled = min(outChannels - first, 8);
    const bias0 = bias ? v128.load(bias) : zero;
    const bias1 = bias ? v128.load(bias, 16) : zero;
    for (let n = 0; n < batch; n += 4) {
      // Where fewer than four are left, the last is computed several times.
      const next1 = <usize>min(1, batch - 1 - n);
      const next2 = <usize>min(2, batch - 1 - n);
      const next3 = <usize>min(3, batch - 1 - n);
      const from = input + <usize>n * picture;
      const in1 = next1 * picture;
      const in2 = next2 * picture;
      const in3 = next3 * picture;
      let to = out + <usize>n * outPicture + ((<usize>first) << 2);
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          let sum00 = bias0;
          let sum01 = bias1;
          let sum10 = bias0;
          let sum11 = bias1;
          let sum20 = bias0;
          let sum21 = bias1;
          let sum30 = bias0;
          let sum31 = bias1;
          for (let ky = 0; ky < height; ky++) {
            let row = y * strideY + ky * dilationY - top;
            if (spreadY != 1) {
              if (row % spreadY) continue;
              row /= spreadY;
            }
            if (<u32>row >= <u32>inHeight) continue;
            for (let kx = 0; kx < width; kx += run) {
              let column = x * strideX + kx * dilationX - left;
              if (spreadX != 1) {
                if (column % spreadX) continue;
                column /= spreadX;
              }
              const begin = max(0, -column);
              const end = min(run, inWidth - column);
              if (begin >= end) continue;
              let a = from + <usize>(row * inWidth + column + begin) * pixel;
              let b = panels + ((<usize>((ky * width + kx + begin) * inChannels)) << 5);
              const stop = a + <usize>(end - begin) * pixel;
              for (; a < stop; a += 4) {
                const b0 = v128.load(b);
                const b1 = v128.load(b, 16);
                const a0 = v128.load32_splat(a);
                sum00 = multiplyAdd(a0, b0, sum00);
                sum01 = multiplyAdd(a0, b1, sum01);
                const a1 = v128.load32_splat(a + in1);
                sum10 = multiplyAdd(a1, b0, sum10);
                sum11 = multiplyAdd(a1, b1, sum11);
                const a2 = v128.load32_splat(a + in2);
                sum20 = multiplyAdd(a2, b0, sum20);
                sum21 = multiplyAdd(a2, b1, sum21);
                const a3 = v128.load32_splat(a + in3);
                sum30 = multiplyAdd(a3, b0, sum30);
                sum31 = multiplyAdd(a3, b1, sum31);
                b += 32;
              }
            }
          }
          if (relu) {
            sum00 = f32x4.max(sum00, zero);
            sum01 = f32x4.max(sum01, zero);
            sum10 = f32x4.max(sum10, zero);
            sum11 = f32x4.max(sum11, zero);
            sum20 = f32x4.max(sum20, zero);
            sum21 = f32x4.max(sum21, zero);
            sum30 = f32x4.max(sum30, zero);
            sum31 = f32x4.max(sum31, zero);
          }
          storeFirst(to, sum00, sum01, filled);
          storeFirst(to + next1 * outPicture, sum10, sum11, filled);
          storeFirst(to + next2 * outPicture, sum20, sum21, filled);
          storeFirst(to + next3 * outPicture, sum30, sum31, filled);
          to += outPixel;
        }
      }
    }
    panels += (<usize>(height * width * inChannels)) << 5;
    if (bias) bias += 32;
  }
}

/** Stores the first `count` of eight numbers, or all of them. */
export function storeFirst(to: usize, low: v128, high: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
    return;
  }
  if (count >= 4) {
    v128.store(to, low);
    low = high;
    to += 16;
    count -= 4;
  }
  if (count > 0) v128.store32_lane(to, low, 0);
  if (count > 1) v128.store32_lane(to, low, 1, 4);
  if (count > 2) v128.store32_lane(to, low, 2, 8);
}
