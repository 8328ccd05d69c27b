/**
 * Products of matrices that are narrow one way, for which packing takes longer than the multiplication.
 * `src/backend/wasm/products.ts` says which of them serves which shapes.
 */
import { multiplyAdd, multiplyAddOne } from './multiply-add';
import { copyRows } from './packed-product';

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
