/**
 * Matrix products. A product with a vector reads the matrix once, in the order of memory, transposed or not. Products of
 * long matrices with few columns are computed in plain loops, for which transposing would take longer than multiplying. All
 * others are brought into the form A·Bᵀ, which reads both operands along their rows, in tiles of 2×2 sums.
 *
 * `| 0` tells V8 that an index is a 32-bit integer, so that it omits the tests for larger ones, which take as long as the rest.
 */
import { WorkError } from '../../utils/errors.ts';
import { tf } from '../../utils/tf.ts';
import {
  broadcastStrides,
  cast,
  copy,
  doublesOf,
  forEachRun,
  sizeOf,
  stridesOf,
  type NdArray,
} from './loops.ts';

/** `out[row] = Σ matrix[row, column] · vector[column]`, four rows at a time. */
function rowProducts(
  matrix: Float64Array,
  vector: Float64Array,
  out: Float64Array,
  rows: number,
  columns: number,
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    let i = row * columns;
    for (let column = 0; column < columns; column++, i++) {
      const v = vector[column];
      s0 += matrix[i] * v;
      s1 += matrix[i + columns] * v;
      s2 += matrix[i + 2 * columns] * v;
      s3 += matrix[i + 3 * columns] * v;
    }
    out[row] = s0;
    out[row + 1] = s1;
    out[row + 2] = s2;
    out[row + 3] = s3;
  }
  for (; row < rows; row++) out[row] = dot(matrix, row * columns, vector, 0, columns);
}

/** `out[column] = Σ vector[row] · matrix[row, column]`, four rows at a time. */
function columnProducts(
  matrix: Float64Array,
  vector: Float64Array,
  out: Float64Array,
  rows: number,
  columns: number,
): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const v0 = vector[row];
    const v1 = vector[row + 1];
    const v2 = vector[row + 2];
    const v3 = vector[row + 3];
    let i = row * columns;
    for (let column = 0; column < columns; column++, i++) {
      out[column] +=
        matrix[i] * v0 +
        matrix[i + columns] * v1 +
        (matrix[i + 2 * columns] * v2 + matrix[i + 3 * columns] * v3);
    }
  }
  for (; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      out[column] += matrix[row * columns + column] * vector[row];
  }
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[(aStart + i) | 0] * b[(bStart + i) | 0];
  return sum;
}

/** A `[rows, columns]` matrix, turned. */
function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(rows * columns);
  copy([columns, rows], { values, strides: [1, columns] }, { values: turned, strides: [rows, 1] });
  return turned;
}

export interface Transposition {
  transposeA: boolean;
  transposeB: boolean;
}

export interface Sizes extends Transposition {
  m: number;
  n: number;
  k: number;
}

/** `out[m, n] = a[m, k]·b` for k ≤ 2. @param transposeB b lies as `[n, k]` instead of `[k, n]` */
function narrowProduct(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  { m, n, k, transposeB }: Sizes,
): void {
  const end = m * n;
  for (let column = 0; column < n; column++) {
    const first = transposeB ? b[column * k] : b[column];
    if (k === 1) {
      for (let i = 0, o = column; o < end; i = (i + 1) | 0, o = (o + n) | 0) out[o] = a[i] * first;
    } else {
      const second = transposeB ? b[column * k + 1] : b[n + column];
      for (let i = 0, o = column; o < end; i = (i + 2) | 0, o = (o + n) | 0)
        out[o] = a[i] * first + a[i + 1] * second;
    }
  }
}

/**
 * `out[m, n]`, each the sum over p of `a[row, p]·b[column, p]`, in doubles and in the order of p, two by two at a time.
 *
 * @param aSteps how far apart in memory neighboring rows of a are, and neighbors within a row
 * @param bSteps the same for b
 */
function tiledProduct(
  a: Float64Array,
  [aRow, aInner]: [number, number],
  b: Float64Array,
  [bRow, bInner]: [number, number],
  out: Float64Array,
  { m, n, k }: Pick<Sizes, 'm' | 'n' | 'k'>,
): void {
  for (let row = 0; row < m; row += 2) {
    for (let column = 0; column < n; column += 2) {
      // At an odd edge the last row or column is computed twice.
      const nextRow = row + 1 < m ? 1 : 0;
      const nextColumn = column + 1 < n ? 1 : 0;
      const aNext = nextRow * aRow;
      const bNext = nextColumn * bRow;
      let [s00, s01, s10, s11] = [0, 0, 0, 0];
      let [i, j] = [row * aRow, column * bRow];
      for (let p = 0; p < k; p = (p + 1) | 0, i = (i + aInner) | 0, j = (j + bInner) | 0) {
        const b0 = b[j];
        const b1 = b[(j + bNext) | 0];
        const a0 = a[i];
        s00 += a0 * b0;
        s01 += a0 * b1;
        const a1 = a[(i + aNext) | 0];
        s10 += a1 * b0;
        s11 += a1 * b1;
      }
      const at = row * n + column;
      out[at] = s00;
      out[at + nextColumn] = s01;
      out[at + nextRow * n] = s10;
      out[at + nextRow * n + nextColumn] = s11;
    }
  }
}

/** So many rows or fewer are multiplied one by one in less time than the other matrix is turned. */
const fewRows = 8;

/** One matrix times another, added to zeros. */
function product(a: Float64Array, b: Float64Array, out: Float64Array, sizes: Sizes): void {
  const { m, n, k, transposeA, transposeB } = sizes;
  if (k === 0) return; // sums of nothing
  if (!transposeA && k <= 2 && n <= 4) {
    narrowProduct(a, b, out, sizes);
  } else if (transposeA && !transposeB && n > 1 && m * n <= 8) {
    tiledProduct(a, [1, m], b, [1, n], out, sizes);
  } else if (n === 1) {
    if (transposeA) columnProducts(a, b, out, k, m);
    else rowProducts(a, b, out, m, k);
  } else if (m === 1) {
    if (transposeB) rowProducts(b, a, out, n, k);
    else columnProducts(b, a, out, k, n);
  } else if (m <= fewRows && !transposeA && !transposeB) {
    for (let row = 0; row < m; row++) {
      columnProducts(b, a.subarray(row * k), out.subarray(row * n), k, n);
    }
  } else {
    const rows = transposeA ? transposed(a, k, m) : a;
    const columns = transposeB ? b : transposed(b, k, n);
    tiledProduct(rows, [k, 1], columns, [k, 1], out, sizes);
  }
}

/**
 * `[…, m, k] · […, k, n] → […, m, n]`; the dimensions before the matrices broadcast.
 *
 * @param multiply one matrix times another, into zeros
 */
export function matMul(
  a: NdArray,
  b: NdArray,
  { transposeA, transposeB }: Transposition,
  multiply = product,
): NdArray {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [inner, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (inner !== k) {
    throw new WorkError(
      `matMul of [${m}, ${k}] and [${inner}, ${n}] (after transposing): the inner lengths ${k} and ${inner} differ`,
    );
  }
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = tf.backend_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const shape = [...batch, m, n];
  const values = new Float64Array(sizeOf(shape));
  const [left, right] = [doublesOf(a), doublesOf(b)];
  const sizes = { m, n, k, transposeA, transposeB };
  const strides = [broadcastStrides(aBatch, batch), broadcastStrides(bBatch, batch), stridesOf(batch)];
  forEachRun(batch, strides, ({ length, starts: [i, j, at], steps: [iStep, jStep, step] }) => {
    for (let index = 0; index < length; index++, i += iStep, j += jStep, at += step) {
      multiply(left.subarray(i * m * k), right.subarray(j * k * n), values.subarray(at * m * n), sizes);
    }
  });
  return cast({ shape, dtype: 'float32', values }, a.dtype);
}
