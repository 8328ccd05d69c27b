/** Max-pooling of pictures and its gradient. Nothing outside of a picture counts, and NaN is the largest number. */

/**
 * `out[n, y, x, :] = max picture[n, y·strideY + ky − top, x·strideX + kx − left, :]` over a window's places; −∞ for a window
 * that lies outside.
 */
export function maxPool(
  input: usize,
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
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>inWidth * pixel;
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < outHeight; y++) {
      const y0 = max(0, y * strideY - top);
      const y1 = min(inHeight, y * strideY - top + height);
      for (let x = 0; x < outWidth; x++) {
        const x0 = max(0, x * strideX - left);
        const x1 = min(inWidth, x * strideX - left + width);
        let at: usize = 0;
        for (; at + 16 <= pixel; at += 16) {
          let best = f32x4.splat(-Infinity);
          for (let iy = y0; iy < y1; iy++) {
            let from = input + <usize>iy * row + <usize>x0 * pixel + at;
            for (let ix = x0; ix < x1; ix++) {
              best = f32x4.max(best, v128.load(from));
              from += pixel;
            }
          }
          v128.store(out + at, best);
        }
        for (; at < pixel; at += 4) {
          let best: f32 = -Infinity;
          for (let iy = y0; iy < y1; iy++) {
            let from = input + <usize>iy * row + <usize>x0 * pixel + at;
            for (let ix = x0; ix < x1; ix++) {
              best = max<f32>(best, load<f32>(from));
              from += pixel;
            }
          }
          store<f32>(out + at, best);
        }
        out += pixel;
      }
    }
    input += <usize>inHeight * row;
  }
}

/**
 * Its gradient: each element of dy is added at the first of the largest numbers of its window.
 *
 * @param dy ∂L/∂pooled, `[batch, outHeight, outWidth, channels]`
 * @param out like `input`
 */
export function maxPoolGradient(
  input: usize,
  dy: usize,
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
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const row = <usize>inWidth * pixel;
  const picture = <usize>inHeight * row;
  memory.fill(out, 0, <usize>batch * picture);
  for (let n = 0; n < batch; n++) {
    for (let y = 0; y < outHeight; y++) {
      const y0 = max(0, y * strideY - top);
      const y1 = min(inHeight, y * strideY - top + height);
      for (let x = 0; x < outWidth; x++) {
        const x0 = max(0, x * strideX - left);
        const x1 = min(inWidth, x * strideX - left + width);
        // Of a window that lies outside, nothing comes back.
        const within = y0 < y1 && x0 < x1;
        const corner = <usize>y0 * row + <usize>x0 * pixel;
        let at: usize = 0;
        for (; within && at + 16 <= pixel; at += 16) {
          let best = v128.load(input + corner + at);
          let place = i32x4.splat(<i32>(corner + at));
          for (let iy = y0; iy < y1; iy++) {
            let here = <usize>iy * row + <usize>x0 * pixel + at;
            for (let ix = x0; ix < x1; ix++) {
              const value = v128.load(input + here);
              const isLarger = isBeyond(value, best);
              best = v128.bitselect(value, best, isLarger);
              place = v128.bitselect(i32x4.splat(<i32>here), place, isLarger);
              here += pixel;
            }
          }
          const gradient = v128.load(dy + at);
          addTo(out + <usize>i32x4.extract_lane(place, 0), f32x4.extract_lane(gradient, 0));
          addTo(out + <usize>i32x4.extract_lane(place, 1) + 4, f32x4.extract_lane(gradient, 1));
          addTo(out + <usize>i32x4.extract_lane(place, 2) + 8, f32x4.extract_lane(gradient, 2));
          addTo(out + <usize>i32x4.extract_lane(place, 3) + 12, f32x4.extract_lane(gradient, 3));
        }
        for (; within && at < pixel; at += 4) {
          let place = corner + at;
          let best = load<f32>(input + place);
          for (let iy = y0; iy < y1; iy++) {
            let here = <usize>iy * row + <usize>x0 * pixel + at;
            for (let ix = x0; ix < x1; ix++) {
              const value = load<f32>(input + here);
              if (value > best || (isNaN(value) && !isNaN(best))) {
                best = value;
                place = here;
              }
              here += pixel;
            }
          }
          addTo(out + place, load<f32>(dy + at));
        }
        dy += pixel;
      }
    }
    input += picture;
    out += picture;
  }
}

/** Whether a number is larger than the best, or the first NaN. */
function isBeyond(value: v128, best: v128): v128 {
  // Not “at most” is “larger” or NaN on either side.
  return v128.andnot(f32x4.eq(best, best), f32x4.le(value, best));
}

function addTo(address: usize, value: f32): void {
  store<f32>(address, load<f32>(address) + value);
}
