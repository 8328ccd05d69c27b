/**
 * Matrix products. A product with a vector streams the matrix once, in the order in which it lies in memory,
 * whichever way it is transposed; any other is brought into the one form that reads both operands along
 * their rows, A·Bᵀ, and computed in tiles of two rows by four columns whose sums stay in registers.
 */
import { WorkError } from '../../errors.ts';
import { tf } from '../../tf.ts';
import { allocate, broadcastStrides, copy, forEachRun } from './array.ts';
import type { Kernels, NdArray, Values } from './array.ts';
import { elu, leakyRelu, map, relu, relu6, sigmoid, zip } from './elementwise.ts';

/** `out[row] = Σ matrix[row, column] · vector[column]`, four rows at a time. */
function rowProducts(matrix: Values, vector: Values, out: Values, rows: number, columns: number): void {
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
function columnProducts(matrix: Values, vector: Values, out: Values, rows: number, columns: number): void {
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

function dot(a: Values, aStart: number, b: Values, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i] * b[bStart + i];
  return sum;
}

/** `out[m, n] = a[m, k] · b[n, k]ᵀ`. */
function rowsByRows(a: Values, b: Values, out: Values, m: number, n: number, k: number): void {
  for (let row = 0; row < m; row += 2) {
    let column = 0;
    for (; row + 2 <= m && column + 4 <= n; column += 4) {
      let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
      const a0 = row * k;
      const a1 = a0 + k;
      const b0 = column * k;
      const b1 = b0 + k;
      const b2 = b1 + k;
      const b3 = b2 + k;
      for (let p = 0; p < k; p++) {
        const x = a[a0 + p];
        const y = a[a1 + p];
        const v0 = b[b0 + p];
        const v1 = b[b1 + p];
        const v2 = b[b2 + p];
        const v3 = b[b3 + p];
        s00 += x * v0;
        s01 += x * v1;
        s02 += x * v2;
        s03 += x * v3;
        s10 += y * v0;
        s11 += y * v1;
        s12 += y * v2;
        s13 += y * v3;
      }
      const at = row * n + column;
      out[at] = s00;
      out[at + 1] = s01;
      out[at + 2] = s02;
      out[at + 3] = s03;
      out[at + n] = s10;
      out[at + n + 1] = s11;
      out[at + n + 2] = s12;
      out[at + n + 3] = s13;
    }
    for (let edgeRow = row; edgeRow < Math.min(row + 2, m); edgeRow++) {
      for (let edge = column; edge < n; edge++) out[edgeRow * n + edge] = dot(a, edgeRow * k, b, edge * k, k);
    }
  }
}

/** A `[rows, columns]` matrix, turned. */
function transposed(values: Values, rows: number, columns: number): Values {
  const turned = new Float64Array(rows * columns);
  copy([columns, rows], { values, strides: [1, columns] }, { values: turned, strides: [rows, 1] });
  return turned;
}

function product(
  a: Values,
  b: Values,
  out: Values,
  m: number,
  n: number,
  k: number,
  turnA: boolean,
  turnB: boolean,
) {
  if (n === 1) return turnA ? columnProducts(a, b, out, k, m) : rowProducts(a, b, out, m, k);
  if (m === 1) return turnB ? rowProducts(b, a, out, n, k) : columnProducts(b, a, out, k, n);
  rowsByRows(turnA ? transposed(a, k, m) : a, turnB ? b : transposed(b, k, n), out, m, n, k);
}

interface Transposition {
  transposeA: boolean;
  transposeB: boolean;
}

/** `[…, m, k] · […, k, n] → […, m, n]`; the dimensions before the matrices broadcast. */
function matMul(a: NdArray, b: NdArray, { transposeA, transposeB }: Transposition): NdArray {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = tf.backend_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const result = allocate([...batch, m, n], a.dtype);
  if (k === 0) return result;

  const part = (values: Values, i: number, size: number) => values.subarray(i * size, (i + 1) * size);
  const aSteps = broadcastStrides(aBatch, batch);
  const bSteps = broadcastStrides(bBatch, batch);
  forEachRun(batch, aSteps, bSteps, (first, length, i, iStep, j, jStep) => {
    for (let at = first; at < first + length; at++, i += iStep, j += jStep) {
      const matrices = [
        part(a.values, i, m * k),
        part(b.values, j, k * n),
        part(result.values, at, m * n),
      ] as const;
      product(...matrices, m, n, k, transposeA, transposeB);
    }
  });
  return result;
}

interface Fused extends Transposition {
  activation: string;
  leakyreluAlpha: number;
}

function activate(x: NdArray, { activation, leakyreluAlpha }: Fused, slopes?: NdArray): NdArray {
  if (activation === 'linear') return x;
  if (activation === 'relu') return map(x, relu);
  if (activation === 'relu6') return map(x, relu6);
  if (activation === 'sigmoid') return map(x, sigmoid);
  if (activation === 'elu') return map(x, elu);
  if (activation === 'leakyrelu') return map(x, (value) => leakyRelu(value, leakyreluAlpha));
  if (activation === 'prelu' && slopes) return zip(x, slopes, leakyRelu);
  throw new WorkError(`fused.matMul on the float64 backend has no activation '${activation}'`);
}

export const products: Kernels = {
  BatchMatMul: ({ a, b }, transposition: Transposition) => matMul(a, b, transposition),
  _FusedMatMul: ({ a, b, bias, preluActivationWeights }, attributes: Fused) => {
    const logits = matMul(a, b, attributes);
    const biased = bias ? zip(logits, bias, (z, b) => z + b) : logits;
    return activate(biased, attributes, preluActivationWeights);
  },
};
