/**
 * The way back through a convolution whose results were pooled: of the four places of a pool one had a say in the loss, and only
 * its window is touched. Slopes of 0, behind a ReLU that let nothing through, are skipped.
 */
import { multiplyAdd } from './multiply-add';

/** Numbers that the registers hold sums of. */
export const wide = 40;

/**
 * Adds to `sums[channel][row][…]` every winner's window, times its slope. Rows of sums have room for a multiple of eight.
 *
 * @param input pictures, up to seven numbers behind whose end are read, for nothing
 * @param rowStep from a row of a picture to the next
 * @param size rows of a window
 * @param length numbers in a row of a window
 * @param slopes, winners `[places, channels]`: of the loss by a pool, and the number in `input` of its window's first element
 * @param list scratch memory of eight bytes a place
 */
export function addWindows(
  input: usize,
  rowStep: usize,
  size: i32,
  length: i32,
  slopes: usize,
  winners: usize,
  places: i32,
  channels: i32,
  sums: usize,
  list: usize,
): void {
  const room = (length + 7) & ~7;
  const roomBytes = (<usize>room) << 2;
  for (let channel = 0; channel < channels; channel++) {
    const end = collect(slopes, winners, places, channels, input, list);
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
    slopes += 4;
    winners += 4;
  }
}

/** Pairs of a window's address and its slope for one channel, where the slope is not 0. Returns their end. */
export function collect(
  slopes: usize,
  winners: usize,
  places: i32,
  channels: i32,
  input: usize,
  list: usize,
): usize {
  const step = (<usize>channels) << 2;
  for (let place = 0; place < places; place++) {
    const slope = load<f32>(slopes);
    store<i32>(list, <i32>input + (load<i32>(winners) << 2));
    store<f32>(list, slope, 4);
    // Stored in any case and overwritten by the next: a jump would be guessed wrong half the time.
    list += (<usize>(slope != 0)) << 3;
    slopes += step;
    winners += step;
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
    const slope = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(slope, v128.load(from), sum0);
    sum1 = multiplyAdd(slope, v128.load(from, 16), sum1);
    sum2 = multiplyAdd(slope, v128.load(from, 32), sum2);
    sum3 = multiplyAdd(slope, v128.load(from, 48), sum3);
    sum4 = multiplyAdd(slope, v128.load(from, 64), sum4);
    sum5 = multiplyAdd(slope, v128.load(from, 80), sum5);
    sum6 = multiplyAdd(slope, v128.load(from, 96), sum6);
    sum7 = multiplyAdd(slope, v128.load(from, 112), sum7);
    sum8 = multiplyAdd(slope, v128.load(from, 128), sum8);
    sum9 = multiplyAdd(slope, v128.load(from, 144), sum9);
  }
  storeTen(sums, sum0, sum1, sum2, sum3, sum4, sum5, sum6, sum7, sum8, sum9);
}

function addEight(list: usize, end: usize, offset: usize, sums: usize): void {
  let sum0 = v128.load(sums);
  let sum1 = v128.load(sums, 16);
  for (; list < end; list += 8) {
    const from = <usize>load<u32>(list) + offset;
    const slope = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(slope, v128.load(from), sum0);
    sum1 = multiplyAdd(slope, v128.load(from, 16), sum1);
  }
  v128.store(sums, sum0);
  v128.store(sums, sum1, 16);
}

/** Five rows of a window at once, of eight numbers each, of which the last may be there for nothing. */
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
    const slope = v128.load32_splat(list, 4);
    sum0 = multiplyAdd(slope, v128.load(from), sum0);
    sum1 = multiplyAdd(slope, v128.load(from, 16), sum1);
    from += rowStep;
    sum2 = multiplyAdd(slope, v128.load(from), sum2);
    sum3 = multiplyAdd(slope, v128.load(from, 16), sum3);
    from += rowStep;
    sum4 = multiplyAdd(slope, v128.load(from), sum4);
    sum5 = multiplyAdd(slope, v128.load(from, 16), sum5);
    from += rowStep;
    sum6 = multiplyAdd(slope, v128.load(from), sum6);
    sum7 = multiplyAdd(slope, v128.load(from, 16), sum7);
    from += rowStep;
    sum8 = multiplyAdd(slope, v128.load(from), sum8);
    sum9 = multiplyAdd(slope, v128.load(from, 16), sum9);
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
