/**
 * The gradients of a convolution whose results were pooled: of the four places of a pool, only the window of the largest is
 * touched. Where dy is 0, because a ReLU was inactive, it is skipped.
 */
import { multiplyAdd, multiplyAddOne } from './multiply-add';

/** Numbers that the registers hold sums of. */
const wide = 40;

/**
 * Adds to `sums[channel][row][…]` the window of every maximum, times its dy. Rows of sums have room for a multiple of eight.
 *
 * @param input pictures; up to seven numbers behind their end are read and not used
 * @param rowStep from a row of a picture to the next
 * @param size rows of a window
 * @param length numbers in a row of a window
 * @param dy, maxIndices `[places, channels]`: ∂L/∂pooled, and the index in `input` of the window's first element
 * @param list scratch memory of eight bytes a place
 */
export function addWindows(
  input: usize,
  rowStep: usize,
  size: i32,
  length: i32,
  dy: usize,
  maxIndices: usize,
  places: i32,
  channels: i32,
  sums: usize,
  list: usize,
): void {
  const room = (length + 7) & ~7;
  const roomBytes = (<usize>room) << 2;
  for (let channel = 0; channel < channels; channel++) {
    const end = collect(dy, maxIndices, places, channels, input, list);
    if (size == 5 && room == 8) {
      addFiveRows(list, end, rowStep, sums);
      sums += 5 * roomBytes;
    } else {
      for (let row = 0; row < size; row++) {
        const offset = <usize>row * rowStep;
        let at = 0;
        for (; at + wide <= room; at += wide)
          addForty(list, end, offset + ((<usize>at) << 2), sums + ((<usize>at) << 2));
        for (; at < room; at += 8)
          addEight(list, end, offset + ((<usize>at) << 2), sums + ((<usize>at) << 2));
        sums += roomBytes;
      }
    }
    dy += 4;
    maxIndices += 4;
  }
}

/** Lists the address and the dy of every window of one channel whose dy is not 0. Returns the end of the list. */
function collect(dy: usize, maxIndices: usize, places: i32, channels: i32, input: usize, list: usize): usize {
  const step = (<usize>channels) << 2;
  for (let place = 0; place < places; place++) {
    const gradient = load<f32>(dy);
    store<i32>(list, <i32>input + (load<i32>(maxIndices) << 2));
    store<f32>(list, gradient, 4);
    // Stored in any case and overwritten by the next: a jump would be guessed wrong half the time.
    list += (<usize>(gradient != 0)) << 3;
    dy += step;
    maxIndices += step;
  }
  return list;
}

function addForty(list: usize, end: usize, offset: usize, sums: usize): void {
  let sum0 = v128.load(sums);
  let sum1 = v128.load(sums, 16);
  let sum2 = v128.load(sums, 32);
  let sum3 = v128.load(sums, 48);
  let sum4 = v128.load(sums, 64);
  let sum5 = v128.load(sums, 80);
  let sum6 = v128.load(sums, 96);
  let sum7 = v128.load(sums, 112);
  let sum8 = v128.load(sums, 128);
  let sum9 = v128.load(sums, 144);
  for (; list < end; list += 8) {
    const from = <usize>load<u32>(list) + offset;
    const factor = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(factor, v128.load(from), sum0);
    sum1 = multiplyAdd(factor, v128.load(from, 16), sum1);
    sum2 = multiplyAdd(factor, v128.load(from, 32), sum2);
    sum3 = multiplyAdd(factor, v128.load(from, 48), sum3);
    sum4 = multiplyAdd(factor, v128.load(from, 64), sum4);
    sum5 = multiplyAdd(factor, v128.load(from, 80), sum5);
    sum6 = multiplyAdd(factor, v128.load(from, 96), sum6);
    sum7 = multiplyAdd(factor, v128.load(from, 112), sum7);
    sum8 = multiplyAdd(factor, v128.load(from, 128), sum8);
    sum9 = multiplyAdd(factor, v128.load(from, 144), sum9);
  }
  storeTen(sums, sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, sum8, sum9);
}

function addEight(list: usize, end: usize, offset: usize, sums: usize): void {
  let sum0 = v128.load(sums);
  let sum1 = v128.load(sums, 16);
  for (; list < end; list += 8) {
    const from = <usize>load<u32>(list) + offset;
    const factor = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(factor, v128.load(from), sum0);
    sum1 = multiplyAdd(factor, v128.load(from, 16), sum1);
  }
  v128.store(sums, sum0);
  v128.store(sums, sum1, 16);
}

/** Five rows of a window at once, of eight numbers each, of which the last may be unused. */
function addFiveRows(list: usize, end: usize, rowStep: usize, sums: usize): void {
  let sum0 = v128.load(sums);
  let sum1 = v128.load(sums, 16);
  let sum2 = v128.load(sums, 32);
  let sum3 = v128.load(sums, 48);
  let sum4 = v128.load(sums, 64);
  let sum5 = v128.load(sums, 80);
  let sum6 = v128.load(sums, 96);
  let sum7 = v128.load(sums, 112);
  let sum8 = v128.load(sums, 128);
  let sum9 = v128.load(sums, 144);
  for (; list < end; list += 8) {
    let from = <usize>load<u32>(list);
    const factor = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(factor, v128.load(from), sum0);
    sum1 = multiplyAdd(factor, v128.load(from, 16), sum1);
    from += rowStep;
    sum2 = multiplyAdd(factor, v128.load(from), sum2);
    sum3 = multiplyAdd(factor, v128.load(from, 16), sum3);
    from += rowStep;
    sum4 = multiplyAdd(factor, v128.load(from), sum4);
    sum5 = multiplyAdd(factor, v128.load(from, 16), sum5);
    from += rowStep;
    sum6 = multiplyAdd(factor, v128.load(from), sum6);
    sum7 = multiplyAdd(factor, v128.load(from, 16), sum7);
    from += rowStep;
    sum8 = multiplyAdd(factor, v128.load(from), sum8);
    sum9 = multiplyAdd(factor, v128.load(from, 16), sum9);
  }
  storeTen(sums, sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, sum8, sum9);
}

function storeTen(
  to: usize,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  e: v128,
  f: v128,
  g: v128,
  h: v128,
  i: v128,
  j: v128,
): void {
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
  v128.store(to, e, 64);
  v128.store(to, f, 80);
  v128.store(to, g, 96);
  v128.store(to, h, 112);
  v128.store(to, i, 128);
  v128.store(to, j, 144);
}

/**
 * Adds to the window of every maximum the filter of its channel, times its dy: the gradient by the input of the convolution.
 *
 * @param filters `[channels][size][length]`
 * @param out like the pictures, elsewhere left as it is
 */
export function spreadWindows(
  filters: usize,
  rowStep: usize,
  size: i32,
  length: i32,
  dy: usize,
  maxIndices: usize,
  places: i32,
  channels: i32,
  out: usize,
  list: usize,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const end = collect(dy, maxIndices, places, channels, out, list);
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
    dy += 4;
    maxIndices += 4;
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
    const factor = v128.load32_splat(list, 4);
    v128.store(to, multiplyAdd(factor, filter0, v128.load(to)));
    v128.store(to, multiplyAdd(factor, filter1, v128.load(to, 16)), 16);
    v128.store(to, multiplyAdd(factor, filter2, v128.load(to, 32)), 32);
    v128.store(to, multiplyAdd(factor, filter3, v128.load(to, 48)), 48);
    v128.store(to, multiplyAdd(factor, filter4, v128.load(to, 64)), 64);
    v128.store(to, multiplyAdd(factor, filter5, v128.load(to, 80)), 80);
    v128.store(to, multiplyAdd(factor, filter6, v128.load(to, 96)), 96);
    v128.store(to, multiplyAdd(factor, filter7, v128.load(to, 112)), 112);
    v128.store(to, multiplyAdd(factor, filter8, v128.load(to, 128)), 128);
    v128.store(to, multiplyAdd(factor, filter9, v128.load(to, 144)), 144);
  }
}

function spread(list: usize, end: usize, offset: usize, filter: usize, length: i32): void {
  const bytes = (<usize>length) << 2;
  for (; list < end; list += 8) {
    const to = <usize>load<u32>(list) + offset;
    const factors = v128.load32_splat(list, 4);
    const factor = load<f32>(list, 4);
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      v128.store(to + at, multiplyAdd(factors, v128.load(filter + at), v128.load(to + at)));
    }
    for (; at < bytes; at += 4) {
      store<f32>(to + at, multiplyAddOne(factor, load<f32>(filter + at), load<f32>(to + at)));
    }
  }
}
