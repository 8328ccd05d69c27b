/**
 * What goes back to the input of a convolution whose results were pooled.
 */
import { multiplyAdd, multiplyAddOne } from './multiply-add';
import { collect, wide } from './winners';

/**
 * Adds to every winner's window its channel's filter, times its slope: the gradient by the input of the convolution.
 *
 * @param filters `[channels][size][length]`
 * @param out like the pictures, elsewhere left as it is
 */
export function spreadWindows(
  filters: usize,
  rowStep: usize,
  size: i32,
  length: i32,
  slopes: usize,
  winners: usize,
  places: i32,
  channels: i32,
  out: usize,
  list: usize,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const end = collect(slopes, winners, places, channels, out, list);
    for (let row = 0; row < size; row++) {
      const offset = <usize>row * rowStep;
      let at = 0;
      for (; at + wide <= length; at += wide) {
        spreadForty(list, end, offset + ((<usize>at) << 2), filters);
        filters += (<usize>wide) << 2;
      }
      if (at < length) {
        spread(list, end, offset + ((<usize>at) << 2), filters, length - at);
        filters += (<usize>(length - at)) << 2;
      }
    }
    slopes += 4;
    winners += 4;
  }
}

function spreadForty(list: usize, end: usize, offset: usize, filter: usize): void {
  const filter0 = v128.load(filter);
  const filter1 = v128.load(filter, 16);
  const filter2 = v128.load(filter, 32);
  const filter3 = v128.load(filter, 48);
  const filter4 = v128.load(filter, 64);
  const filter5 = v128.load(filter, 80);
  const filter6 = v128.load(filter, 96);
  const filter7 = v128.load(filter, 112);
  const filter8 = v128.load(filter, 128);
  const filter9 = v128.load(filter, 144);
  for (; list < end; list += 8) {
    const to = <usize>load<u32>(list) + offset;
    const slope = v128.load32_splat(list, 4);
    v128.store(to, multiplyAdd(slope, filter0, v128.load(to)));
    v128.store(to, multiplyAdd(slope, filter1, v128.load(to, 16)), 16);
    v128.store(to, multiplyAdd(slope, filter2, v128.load(to, 32)), 32);
    v128.store(to, multiplyAdd(slope, filter3, v128.load(to, 48)), 48);
    v128.store(to, multiplyAdd(slope, filter4, v128.load(to, 64)), 64);
    v128.store(to, multiplyAdd(slope, filter5, v128.load(to, 80)), 80);
    v128.store(to, multiplyAdd(slope, filter6, v128.load(to, 96)), 96);
    v128.store(to, multiplyAdd(slope, filter7, v128.load(to, 112)), 112);
    v128.store(to, multiplyAdd(slope, filter8, v128.load(to, 128)), 128);
    v128.store(to, multiplyAdd(slope, filter9, v128.load(to, 144)), 144);
  }
}

function spread(list: usize, end: usize, offset: usize, filter: usize, length: i32): void {
  const bytes = (<usize>length) << 2;
  for (; list < end; list += 8) {
    const to = <usize>load<u32>(list) + offset;
    const slopes = v128.load32_splat(list, 4);
    const slope = load<f32>(list, 4);
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, multiplyAdd(slopes, v128.load(filter + at), v128.load(to + at)));
    }
    for (; at < bytes; at += 4) {
      store<f32>(to + at, multiplyAddOne(slope, load<f32>(filter + at), load<f32>(to + at)));
    }
  }
}
