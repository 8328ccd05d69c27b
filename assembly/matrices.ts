/**
 * Products of matrices. `src/backend/wasm/products.ts` says which of them serves which shapes.
 */
import { multiplyAdd, multiplyAddOne } from './multiply-add';

/** A tile has two rows and this many columns: its eight sums, four vectors of b and two numbers of a fill the registers. */
const tileColumns = 16;
const tileBytes: usize = 64;

/** So many rows of b are packed at once: with as many lines of a they stay in the nearest cache of the processor. */
const panelRows = 256;

/** The scratch memory that the products need. */
export const scratchBytes: usize = (<usize>panelRows + 3) * tileBytes;

/**
 * `out[m, n] = a[m, k]·b[k, n] + bias[n]`; `bias` may be 0 for none.
 *
 * Sixteen columns of b at a time are packed side by side, whichever way they lie in memory, and then all rows of a pass
 * by them, two by two (K. Goto, R. van de Geijn: Anatomy of High-Performance Matrix Multiplication, 2008).
 */
export function product(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  bias: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
  const outRow = (<usize>n) << 2;
  const start = scratch;
  const edge = start + tileBytes;
  const panel = edge + 2 * tileBytes;
  for (let column = 0; column < n; column += tileColumns) {
    const width = min(n - column, tileColumns);
    const outColumn = out + ((<usize>column) << 2);
    if (bias) pack(bias + ((<usize>column) << 2), 0, 4, 1, width, start);
    else memory.fill(start, 0, tileBytes);
    let first = 0;
    do {
      const rows = min(k - first, panelRows);
      pack(b + <usize>first * bRow + <usize>column * bColumn, bRow, bColumn, rows, width, panel);
      const aFirst = a + <usize>first * aColumn;
      for (let row = 0; row < m; row += 2) {
        const left = aFirst + <usize>row * aRow;
        const target = outColumn + <usize>row * outRow;
        // The last of an odd number of rows is computed twice, the second time for nothing.
        const pair = row + 1 < m;
        const next = pair ? aRow : 0;
        if (pair && width == tileColumns) {
          if (first) tile(left, next, aColumn, panel, rows, target, outRow, target, outRow);
          else tile(left, next, aColumn, panel, rows, start, 0, target, outRow);
        } else {
          if (first) copyRows(target, outRow, edge, tileBytes, pair ? 2 : 1, width);
          tile(
            left,
            next,
            aColumn,
            panel,
            rows,
            first ? edge : start,
            first ? tileBytes : 0,
            edge,
            tileBytes,
          );
          copyRows(edge, tileBytes, target, outRow, pair ? 2 : 1, width);
        }
      }
      first += panelRows;
    } while (first < k);
  }
}

/** Two rows of sixteen sums, which begin with what is at `from`. */
function tile(
  a: usize,
  aRow: usize,
  aColumn: usize,
  panel: usize,
  rows: i32,
  from: usize,
  fromRow: usize,
  to: usize,
  toRow: usize,
): void {
  let sum00 = v128.load(from, 0);
  let sum01 = v128.load(from, 16);
  let sum02 = v128.load(from, 32);
  let sum03 = v128.load(from, 48);
  let sum10 = v128.load(from + fromRow, 0);
  let sum11 = v128.load(from + fromRow, 16);
  let sum12 = v128.load(from + fromRow, 32);
  let sum13 = v128.load(from + fromRow, 48);
  let a0 = a;
  let a1 = a + aRow;
  for (let row = 0; row < rows; row++) {
    const b0 = v128.load(panel, 0);
    const b1 = v128.load(panel, 16);
    const b2 = v128.load(panel, 32);
    const b3 = v128.load(panel, 48);
    const left0 = v128.load32_splat(a0);
    sum00 = multiplyAdd(left0, b0, sum00);
    sum01 = multiplyAdd(left0, b1, sum01);
    sum02 = multiplyAdd(left0, b2, sum02);
    sum03 = multiplyAdd(left0, b3, sum03);
    const left1 = v128.load32_splat(a1);
    sum10 = multiplyAdd(left1, b0, sum10);
    sum11 = multiplyAdd(left1, b1, sum11);
    sum12 = multiplyAdd(left1, b2, sum12);
    sum13 = multiplyAdd(left1, b3, sum13);
    a0 += aColumn;
    a1 += aColumn;
    panel += tileBytes;
  }
  v128.store(to, sum00, 0);
  v128.store(to, sum01, 16);
  v128.store(to, sum02, 32);
  v128.store(to, sum03, 48);
  v128.store(to + toRow, sum10, 0);
  v128.store(to + toRow, sum11, 16);
  v128.store(to + toRow, sum12, 32);
  v128.store(to + toRow, sum13, 48);
}

/** Copies up to sixteen columns side by side. What stands in the room that they leave is never looked at. */
function pack(from: usize, fromRow: usize, fromColumn: usize, rows: i32, width: i32, to: usize): void {
  const vectors = fromColumn == 4 ? width & ~3 : 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < vectors; column += 4) {
      const at = (<usize>column) << 2;
      v128.store(to + at, v128.load(from + at));
    }
    for (let column = vectors; column < width; column++) {
      store<f32>(to + ((<usize>column) << 2), load<f32>(from + <usize>column * fromColumn));
    }
    from += fromRow;
    to += tileBytes;
  }
}

function copyRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < (<usize>width) << 2; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += fromRow;
    to += toRow;
  }
}

/**
 * `out[m, n] = a[m, k]·b[k, n] + bias[n]` for few columns: every row of a, whose numbers lie side by side, by every column
 * of b. Columns that lie scattered are collected first, for which they must fit into the scratch memory.
 */
export function productOfFewColumns(
  a: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  bias: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
  const aRow = (<usize>k) << 2;
  if (bRow != 4) {
    for (let column = 0; column < n; column++) {
      copyRows(b + <usize>column * bColumn, bRow, scratch + <usize>column * aRow, 4, k, 1);
    }
    b = scratch;
    bColumn = aRow;
  }
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      const start = bias ? load<f32>(bias + ((<usize>column) << 2)) : 0;
      store<f32>(out, start + dot(a, b + <usize>column * bColumn, k));
      out += 4;
    }
    a += aRow;
  }
}

function dot(a: usize, b: usize, length: i32): f32 {
  let total: f32 = 0;
  let at = 0;
  if (length >= 4) {
    let sum0 = f32x4.splat(0);
    let sum1 = sum0;
    let sum2 = sum0;
    let sum3 = sum0;
    for (; at + 16 <= length; at += 16) {
      sum0 = multiplyAdd(v128.load(a, 0), v128.load(b, 0), sum0);
      sum1 = multiplyAdd(v128.load(a, 16), v128.load(b, 16), sum1);
      sum2 = multiplyAdd(v128.load(a, 32), v128.load(b, 32), sum2);
      sum3 = multiplyAdd(v128.load(a, 48), v128.load(b, 48), sum3);
      a += 64;
      b += 64;
    }
    for (; at + 4 <= length; at += 4) {
      sum0 = multiplyAdd(v128.load(a), v128.load(b), sum0);
      a += 16;
      b += 16;
    }
    sum0 = f32x4.add(f32x4.add(sum0, sum1), f32x4.add(sum2, sum3));
    total =
      f32x4.extract_lane(sum0, 0) +
      f32x4.extract_lane(sum0, 1) +
      (f32x4.extract_lane(sum0, 2) + f32x4.extract_lane(sum0, 3));
  }
  for (; at < length; at++) {
    total += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return total;
}

/**
 * `out[m, n] = a[m, k]·b[k, n] + bias[n]` for k of 1 or 2, as it needs no sums: column after column.
 */
export function productOfFewRows(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  bias: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  const outRow = (<usize>n) << 2;
  for (let column = 0; column < n; column++) {
    const offset = (<usize>column) << 2;
    const start = bias ? load<f32>(bias + offset) : 0;
    const first = load<f32>(b + <usize>column * bColumn);
    let from = a;
    let to = out + offset;
    if (k == 1) {
      for (let row = 0; row < m; row++) {
        store<f32>(to, start + load<f32>(from) * first);
        from += aRow;
        to += outRow;
      }
    } else {
      const second = load<f32>(b + <usize>column * bColumn + bRow);
      for (let row = 0; row < m; row++) {
        store<f32>(to, start + load<f32>(from) * first + load<f32>(from + aColumn) * second);
        from += aRow;
        to += outRow;
      }
    }
  }
}

/**
 * `out[m, n] = a[m, k]·b[k, n]` in doubles, two rows by two columns at a time: for few results, each the sum of many. The
 * columns of b lie side by side.
 */
export function longProduct(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  out: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  const outRow = (<usize>n) << 2;
  for (let row = 0; row < m; row += 2) {
    // The last of an odd number of rows is computed twice.
    const next = row + 1 < m ? aRow : 0;
    for (let column = 0; column < n; column += 2) {
      const pair = column + 1 < n;
      let sum0 = f64x2.splat(0);
      let sum1 = sum0;
      let left = a + <usize>row * aRow;
      let right = b + ((<usize>column) << 2);
      for (let inner = 0; inner < k; inner++) {
        const numbers = pair ? v128.load64_zero(right) : v128.load32_zero(right);
        const doubles = f64x2.promote_low_f32x4(numbers);
        sum0 = f64x2.add(sum0, f64x2.mul(f64x2.promote_low_f32x4(v128.load32_splat(left)), doubles));
        sum1 = f64x2.add(sum1, f64x2.mul(f64x2.promote_low_f32x4(v128.load32_splat(left + next)), doubles));
        left += aColumn;
        right += bRow;
      }
      const to = out + <usize>row * outRow + ((<usize>column) << 2);
      storeRounded(to, sum0, pair);
      if (next) storeRounded(to + outRow, sum1, pair);
    }
  }
}

function storeRounded(to: usize, doubles: v128, pair: bool): void {
  const numbers = f32x4.demote_f64x2_zero(doubles);
  if (pair) v128.store64_lane(to, numbers, 0);
  else v128.store32_lane(to, numbers, 0);
}

/**
 * `out[n] = weights[k]·b[k, n] + bias[n]`, the sum of the rows of b, each times its weight. All columns are rounded alike.
 *
 * @param weightStep from weight to weight; 0 to take every row by the same
 */
export function sumOfRows(
  weights: usize,
  weightStep: usize,
  b: usize,
  bias: usize,
  out: usize,
  n: i32,
  k: i32,
): void {
  const bRow = (<usize>n) << 2;
  const vectors = bRow & ~15;
  if (bias) memory.copy(out, bias, bRow);
  else memory.fill(out, 0, bRow);
  let row = 0;
  // Four rows by four, so that the sums are fetched and stored a quarter as often.
  for (; row + 4 <= k; row += 4) {
    const weight0 = load<f32>(weights);
    const weight1 = load<f32>(weights + weightStep);
    const weight2 = load<f32>(weights + 2 * weightStep);
    const weight3 = load<f32>(weights + 3 * weightStep);
    const b1 = b + bRow;
    const b2 = b1 + bRow;
    const b3 = b2 + bRow;
    let at: usize = 0;
    for (; at < vectors; at += 16) {
      let sum = multiplyAdd(f32x4.splat(weight0), v128.load(b + at), v128.load(out + at));
      sum = multiplyAdd(f32x4.splat(weight1), v128.load(b1 + at), sum);
      sum = multiplyAdd(f32x4.splat(weight2), v128.load(b2 + at), sum);
      v128.store(out + at, multiplyAdd(f32x4.splat(weight3), v128.load(b3 + at), sum));
    }
    for (; at < bRow; at += 4) {
      let sum = multiplyAddOne(weight0, load<f32>(b + at), load<f32>(out + at));
      sum = multiplyAddOne(weight1, load<f32>(b1 + at), sum);
      sum = multiplyAddOne(weight2, load<f32>(b2 + at), sum);
      store<f32>(out + at, multiplyAddOne(weight3, load<f32>(b3 + at), sum));
    }
    weights += 4 * weightStep;
    b = b3 + bRow;
  }
  for (; row < k; row++) {
    const weight = load<f32>(weights);
    for (let at: usize = 0; at < bRow; at += 4) {
      store<f32>(out + at, multiplyAddOne(weight, load<f32>(b + at), load<f32>(out + at)));
    }
    weights += weightStep;
    b += bRow;
  }
}
