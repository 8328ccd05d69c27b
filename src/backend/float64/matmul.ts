/**
 * Matrix products. A product with a vector streams the matrix once, in the order in which it lies in memory,
 * whichever way it is transposed; any other is brought into the one form that reads both operands along
 * their rows, A·Bᵀ, and computed in tiles of two by two whose sums stay in registers.
 */
import { WorkError } from '../../utils/errors.ts';
import { tf } from '../../utils/tf.ts';
import { isNarrowTransposedProduct, narrowProduct, narrowTransposedProduct, tiledProduct } from './narrow.ts';
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

interface Sizes extends Transposition {
  m: number;
  n: number;
  k: number;
}

/** So many rows or fewer are multiplied one by one in less time than the other matrix is turned. */
const fewRows = 8;

/** One matrix by another, into zeros. */
function product(a: Float64Array, b: Float64Array, out: Float64Array, sizes: Sizes): void {
  const { m, n, k, transposeA, transposeB } = sizes;
  if (k === 0) return; // sums of nothing
  if (!transposeA && k <= 2 && n <= 4) {
    narrowProduct(a, b, out, sizes);
  } else if (transposeA && !transposeB && n > 1 && isNarrowTransposedProduct(m, n)) {
    narrowTransposedProduct(a, b, out, { m: k, k: m, n });
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

/** `[…, m, k] · […, k, n] → […, m, n]`; the dimensions before the matrices broadcast. */
export function matMul(a: NdArray, b: NdArray, { transposeA, transposeB }: Transposition): NdArray {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [innerOfB, n] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  if (innerOfB !== k) {
    throw new WorkError(
      `matMul of [${m}, ${k}] and [${innerOfB}, ${n}] (after transposing): the inner lengths ${k} and ${innerOfB} differ`,
    );
  }
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = tf.backend_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const shape = [...batch, m, n];
  const values = new Float64Array(sizeOf(shape));
  const [left, right] = [doublesOf(a), doublesOf(b)];
  const strides = [broadcastStrides(aBatch, batch), broadcastStrides(bBatch, batch), stridesOf(batch)];
  forEachRun(batch, strides, ({ length, starts: [i, j, at], steps: [iStep, jStep, step] }) => {
    for (let index = 0; index < length; index++, i += iStep, j += jStep, at += step) {
      product(left.subarray(i * m * k), right.subarray(j * k * n), values.subarray(at * m * n), {
        m,
        n,
        k,
        transposeA,
        transposeB,
      });
    }
  });
  return cast({ shape, dtype: 'float32', values }, a.dtype);
}
