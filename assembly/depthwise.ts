/**
 * The gradients of depthwise convolutions, in which every channel has its own filters, `each` of them:
 * `result[n, y, x, c·each + i] = Σ picture[n, y·strideY + ky·dilationY − top, …, c]·filter[ky, kx, c, i]`.
 */
import { multiplyAdd } from './multiply-add';

/**
 * Adds ∂L/∂picture to `picture`, or ∂L/∂filter to `filter`, of which the other is read.
 *
 * @param picture `[batch, inHeight, inWidth, channels]`
 * @param filter `[height, width, channels · each]`
 * @param dy ∂L/∂result, `[batch, outHeight, outWidth, channels · each]`
 */
export function depthwiseGradient(
  picture: usize,
  filter: usize,
  dy: usize,
  byFilter: bool,
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
  channels: i32,
  outChannels: i32,
  dilationY: i32,
  dilationX: i32,
): void {
  const each = outChannels / channels;
  const pixel = (<usize>channels) << 2;
  const tap = pixel * <usize>each;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        for (let ky = 0; ky < height; ky++) {
          const row = y * strideY + ky * dilationY - top;
          if (<u32>row >= <u32>inHeight) continue;
          for (let kx = 0; kx < width; kx++) {
            const column = x * strideX + kx * dilationX - left;
            if (<u32>column >= <u32>inWidth) continue;
            const seen = picture + <usize>((n * inHeight + row) * inWidth + column) * pixel;
            const weights = filter + <usize>(ky * width + kx) * tap;
            if (each == 1) addProducts(dy, byFilter ? seen : weights, byFilter ? weights : seen, pixel);
            else if (byFilter) addRepeated(dy, seen, weights, channels, each);
            else addSums(dy, weights, seen, channels, each);
          }
        }
        dy += tap;
      }
    }
  }
}

/** `to[c] += a[c]·b[c]`, over so many bytes. */
function addProducts(a: usize, b: usize, to: usize, bytes: usize): void {
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16)
    v128.store(to + at, multiplyAdd(v128.load(a + at), v128.load(b + at), v128.load(to + at)));
  for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(a + at) * load<f32>(b + at));
}

/** `to[c, i] += a[c, i]·b[c]` */
function addRepeated(a: usize, b: usize, to: usize, channels: i32, each: i32): void {
  for (let c = 0; c < channels; c++) {
    const value = load<f32>(b);
    for (let i = 0; i < each; i++) {
      store<f32>(to, load<f32>(to) + load<f32>(a) * value);
      a += 4;
      to += 4;
    }
    b += 4;
  }
}

/** `to[c] += Σ a[c, i]·b[c, i]` */
function addSums(a: usize, b: usize, to: usize, channels: i32, each: i32): void {
  for (let c = 0; c < channels; c++) {
    let sum: f32 = 0;
    for (let i = 0; i < each; i++) {
      sum += load<f32>(a) * load<f32>(b);
      a += 4;
      b += 4;
    }
    store<f32>(to, load<f32>(to) + sum);
    to += 4;
  }
}
