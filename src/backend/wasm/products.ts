/**
 * Which product of `assembly/` serves which shapes. XNNPACK, which TensorFlow.js's wasm kernels call, packs
 * its right-hand side anew for every new tensor, and knows no transposes: with both, these take half its time.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly } from './assembly.ts';
import { repeatedIndex } from './elementwise.ts';

export interface Transposition {
  transposeA: boolean;
  transposeB: boolean;
}

/** So few columns are each multiplied on their own. */
const fewColumns = 3;
/** So few results are each worth a sum in doubles, … */
const fewResults = 8;
/** … and so few sums of columns. */
const fewSums = 4;

/**
 * a·b + bias, either of them transposed.
 *
 * @param a `[…, m, k]`, b `[…, k, n]`, where … are any number of dimensions that broadcast
 * @param bias `[n]`
 * @throws Error where the inner dimensions differ or the numbers are not float32
 */
export function product(
  assembly: Assembly,
  a: TensorInfo,
  b: TensorInfo,
  bias: TensorInfo | undefined,
  { transposeA, transposeB }: Transposition,
): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') {
    throw new Error(`matMul on wasm takes float32 only, not ${a.dtype} by ${b.dtype}`);
  }
  const [aRows, aColumns] = a.shape.length === 2 ? a.shape : a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.length === 2 ? b.shape : b.shape.slice(-2);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [n, inner] = transposeB ? [bRows, bColumns] : [bColumns, bRows];
  if (inner !== k) {
    const shapes = `[${a.shape.join(', ')}]${transposeA ? 'ᵀ' : ''} by [${b.shape.join(', ')}]${transposeB ? 'ᵀ' : ''}`;
    throw new Error(`matrices of these shapes cannot be multiplied: ${shapes}`);
  }
  const { addressOf, backend } = assembly;
  const [left, right, start] = [addressOf(a), addressOf(b), bias ? addressOf(bias) : 0];
  // Of single rows and columns the numbers lie side by side either way.
  const [aRow, aColumn] = transposeA && m > 1 ? [4, 4 * m] : [4 * k, 4];
  const [bRow, bColumn] = transposeB && n > 1 ? [4, 4 * k] : [4 * n, 4];
  if (a.shape.length === 2 && b.shape.length === 2) {
    const out = backend.makeOutput([m, n], 'float32');
    multiply(assembly, left, aRow, aColumn, right, bRow, bColumn, start, addressOf(out), m, n, k);
    return out;
  }
  const leading = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...leading, m, n], 'float32');
  const to = addressOf(out);
  const [aIndex, bIndex] = [a, b].map(({ shape }) => repeatedIndex(shape.slice(0, -2), leading));
  for (let i = 0; i < tf.util.sizeFromShape(leading); i++) {
    const [ofA, ofB] = [left + 4 * m * k * aIndex(i), right + 4 * k * n * bIndex(i)];
    multiply(assembly, ofA, aRow, aColumn, ofB, bRow, bColumn, start, to + 4 * i * m * n, m, n, k);
  }
  return out;
}

// Written out: spreading arguments takes longer than a small product.
function multiply(
  { exports, scratch, scratchBytes }: Assembly,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  bias: number,
  out: number,
  m: number,
  n: number,
  k: number,
): void {
  const canCollect = bRow === 4 || 4 * k * n <= scratchBytes;
  if (k === 1 || k === 2) {
    exports.productOfFewRows(a, aRow, aColumn, b, bRow, bColumn, bias, out, m, n, k);
  } else if (n <= fewColumns && aColumn === 4 && canCollect) {
    exports.productOfFewColumns(a, b, bRow, bColumn, bias, out, m, n, k, scratch);
  } else if (m * n <= fewResults && !bias && bColumn === 4) {
    exports.longProduct(a, aRow, aColumn, b, bRow, out, m, n, k);
  } else if (m === 1 && bColumn === 4) {
    exports.sumOfRows(a, 4, b, bias, out, n, k);
  } else if (n === 1 && !bias) {
    // A column is the transpose of its row: aᵀ·b = (bᵀ·a)ᵀ.
    exports.sumOfRows(b, 4, a, 0, out, m, k);
  } else if (m === 1 && !bias) {
    exports.productOfFewColumns(b, a, 4, 4 * k, 0, out, n, 1, k, scratch);
  } else {
    exports.product(a, aRow, aColumn, b, bRow, bColumn, bias, out, 4 * n, m, n, k, scratch);
  }
}

/** `[columns]` of a `[rows, columns]` matrix, those of few columns in doubles. */
export function columnSums({ backend, exports, one, addressOf }: Assembly, x: TensorInfo): TensorInfo {
  const [rows, columns] = x.shape;
  const out = backend.makeOutput([columns], 'float32');
  if (columns > fewSums) exports.sumOfRows(one, 0, addressOf(x), 0, addressOf(out), columns, rows);
  else exports.longProduct(one, 0, 0, addressOf(x), 4 * columns, addressOf(out), 1, columns, rows);
  return out;
}
