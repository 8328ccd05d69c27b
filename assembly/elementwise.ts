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
