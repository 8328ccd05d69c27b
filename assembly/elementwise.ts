/**
 * Sums and products of matrices, element by element. Within a row, the numbers of each side are adjacent (`column` 4) or
 * the same for all columns (`column` 0).
 */
import { multiplyAdd, multiplyAddOne } from './multiply-add';

/** `out[rows, columns] = a + factor·b`: of factor 1 the sum, of −1 the difference, both exactly. */
export function addScaled(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
  factor: f32,
): void {
  const factors = f32x4.splat(factor);
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      v128.store(out, multiplyAdd(factors, four(right, bColumn), four(left, aColumn)));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      store<f32>(out, multiplyAddOne(factor, load<f32>(right), load<f32>(left)));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out[rows, columns] = a ⊙ b` */
export function multiply(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      v128.store(out, f32x4.mul(four(left, aColumn), four(right, bColumn)));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      store<f32>(out, load<f32>(left) * load<f32>(right));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out[rows, columns] = max(a, b)`, or min; NaN where either side is NaN. */
export function extreme(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
  isMaximum: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const x = four(left, aColumn);
      const y = four(right, bColumn);
      v128.store(out, isMaximum ? f32x4.max(x, y) : f32x4.min(x, y));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      const x = load<f32>(left);
      const y = load<f32>(right);
      store<f32>(out, isMaximum ? max(x, y) : min(x, y));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out = min(max(x, low), high)`; NaN stays NaN. ReLU is the clip from 0 to infinity. */
export function clip(x: usize, out: usize, count: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.min(f32x4.max(v128.load(x), lows), highs));
    x += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, min(max(load<f32>(x), low), high));
    x += 4;
    out += 4;
  }
}

/** `out = dy` where `values` are above 0, else 0: the gradient of ReLU. */
export function reluGradient(dy: usize, values: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, v128.and(v128.load(dy), f32x4.gt(v128.load(values), zero)));
    dy += 16;
    values += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, load<f32>(values) > 0 ? load<f32>(dy) : 0);
    dy += 4;
    values += 4;
    out += 4;
  }
}

/** Four numbers of a row. */
function four(address: usize, column: usize): v128 {
  return column ? v128.load(address) : v128.load32_splat(address);
}
