/**
 * The product of matrices of any shape, quick for those that are large both ways.
 */
import { multiplyAdd } from './multiply-add';

/** A tile has two rows and this many columns: its eight sums, four vectors of b and two numbers of a fill the registers. */
const tileColumns = 16;
const tileBytes: usize = 64;

/** So many rows of b are packed at once: with as many lines of a they stay in the nearest cache of the processor. */
const panelRows = 256;

/** The scratch memory that the products need. */
export const scratchBytes: usize = (<usize>panelRows + 3) * tileBytes;

/**
 * `out[m, n] = a[m, k]·b[k, n] + bias[n]`; `bias` may be 0 for none. The numbers of a row of the result lie side by side.
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
  outRow: usize,
  m: i32,
  n: i32,
  k: i32,
  scratch: usize,
): void {
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
        // The last of an odd number of rows is computed twice.
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
  let row = 0;
  if (fromRow == 4 && (width & 3) == 0) {
    // The numbers of a column lie side by side.
    for (; row + 4 <= rows; row += 4) {
      for (let column = 0; column < width; column += 4) {
        packSquare(from + <usize>column * fromColumn, fromColumn, to + ((<usize>column) << 2));
      }
      from += 16;
      to += 4 * tileBytes;
    }
  }
  for (; row < rows; row++) {
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

/** Four rows of four columns that lie `column` apart. */
function packSquare(from: usize, column: usize, to: usize): void {
  const c0 = v128.load(from);
  const c1 = v128.load(from + column);
  const c2 = v128.load(from + 2 * column);
  const c3 = v128.load(from + 3 * column);
  const low01 = i32x4.shuffle(c0, c1, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
  const low23 = i32x4.shuffle(c2, c3, 0, 4, 1, 5);
  const high23 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(to, i64x2.shuffle(low01, low23, 1, 3), tileBytes);
  v128.store(to, i64x2.shuffle(high01, high23, 0, 2), 2 * tileBytes);
  v128.store(to, i64x2.shuffle(high01, high23, 1, 3), 3 * tileBytes);
}

/** Copies `width` numbers of each row. */
export function copyRows(from: usize, fromRow: usize, to: usize, toRow: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < (<usize>width) << 2; at += 4) store<f32>(to + at, load<f32>(from + at));
    from += fromRow;
    to += toRow;
  }
}
