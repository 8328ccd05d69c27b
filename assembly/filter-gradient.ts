/** The gradient of a convolution by its filters. */
import { multiplyAdd } from './multiply-add';

/**
 * Adds to `sums[taps, outChannels]` what one picture contributes, `Σ picture[place + tap]·dy[place]` over all places of the
 * result: four taps by eight channels at a time.
 *
 * @param picture with its padding
 * @param rowStep, columnStep from the window of one place to the next
 * @param offsets of every tap (a number of the window) from the window's beginning, filled up to a multiple of four
 * @param dy ∂L/∂result, `[height, width, outChannels]`. Up to seven numbers behind its end are read and not used.
 * @param sums whose rows are `sumRow` apart, room for eight channels at a time
 */
export function filterGradient(
  picture: usize,
  rowStep: usize,
  columnStep: usize,
  offsets: usize,
  taps: i32,
  dy: usize,
  height: i32,
  width: i32,
  outChannels: i32,
  sums: usize,
  sumRow: usize,
): void {
  const pixel = (<usize>outChannels) << 2;
  for (let tap = 0; tap < taps; tap += 4) {
    const first = picture + <usize>load<i32>(offsets);
    const next1 = <usize>(load<i32>(offsets, 4) - load<i32>(offsets));
    const next2 = <usize>(load<i32>(offsets, 8) - load<i32>(offsets));
    const next3 = <usize>(load<i32>(offsets, 12) - load<i32>(offsets));
    for (let channel = 0; channel < outChannels; channel += 8) {
      const row0 = sums + ((<usize>channel) << 2);
      const row1 = row0 + sumRow;
      const row2 = row1 + sumRow;
      const row3 = row2 + sumRow;
      let sum00 = v128.load(row0);
      let sum01 = v128.load(row0, 16);
      let sum10 = v128.load(row1);
      let sum11 = v128.load(row1, 16);
      let sum20 = v128.load(row2);
      let sum21 = v128.load(row2, 16);
      let sum30 = v128.load(row3);
      let sum31 = v128.load(row3, 16);
      let d = dy + ((<usize>channel) << 2);
      for (let y = 0; y < height; y++) {
        let a = first + <usize>y * rowStep;
        for (let x = 0; x < width; x++) {
          const d0 = v128.load(d);
          const d1 = v128.load(d, 16);
          const a0 = v128.load32_splat(a);
          sum00 = multiplyAdd(a0, d0, sum00);
          sum01 = multiplyAdd(a0, d1, sum01);
          const a1 = v128.load32_splat(a + next1);
          sum10 = multiplyAdd(a1, d0, sum10);
          sum11 = multiplyAdd(a1, d1, sum11);
          const a2 = v128.load32_splat(a + next2);
          sum20 = multiplyAdd(a2, d0, sum20);
          sum21 = multiplyAdd(a2, d1, sum21);
          const a3 = v128.load32_splat(a + next3);
          sum30 = multiplyAdd(a3, d0, sum30);
          sum31 = multiplyAdd(a3, d1, sum31);
          a += columnStep;
          d += pixel;
        }
      }
      v128.store(row0, sum00);
      v128.store(row0, sum01, 16);
      v128.store(row1, sum10);
      v128.store(row1, sum11, 16);
      v128.store(row2, sum20);
      v128.store(row2, sum21, 16);
      v128.store(row3, sum30);
      v128.store(row3, sum31, 16);
    }
    offsets += 16;
    sums += 4 * sumRow;
  }
}
