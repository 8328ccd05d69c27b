/**
 * Loops over the elements of one array, and of two with broadcasting.
 *
 * `each` and `eachPair` make a loop of any function of numbers. V8 compiles such a loop once for all functions and
 * then puts every argument and result on the heap, which costs five times what an addition does; so the
 * operations that every training step makes are spelled out, each with a loop of its own.
 */
import { expOfMinus } from '../../utils/exponential.ts';
import { tf } from '../../utils/tf.ts';
import type { DataType } from '../../utils/tf.ts';
import { allocate, broadcastStrides, cast, doublesOf, forEachRun, stridesOf } from './array.ts';
import type { NdArray, Run } from './array.ts';

export type UnaryLoop = (x: Float64Array, out: Float64Array) => void;
export type BinaryLoop = (a: Float64Array, b: Float64Array, out: Float64Array, run: Run) => void;

/** A new array of what the loop makes of every element of x. */
export function apply(x: NdArray, loop: UnaryLoop, dtype: DataType = x.dtype): NdArray {
  const values = new Float64Array(x.values.length);
  loop(doublesOf(x), values);
  return cast({ shape: x.shape, dtype: 'float32', values }, dtype);
}

/** A new array of what the loop makes of a and b, each repeated along the dimensions where its length is 1. */
export function combine(a: NdArray, b: NdArray, loop: BinaryLoop, dtype: DataType = a.dtype): NdArray {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const result = allocate(shape, 'float32');
  const out = result.values as Float64Array;
  const [left, right] = [doublesOf(a), doublesOf(b)];
  const strides = [broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape), stridesOf(shape)];
  forEachRun(shape, strides, (run) => loop(left, right, out, run));
  return cast(result, dtype);
}

export const each =
  (f: (value: number) => number): UnaryLoop =>
  (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i]);
  };

export const eachPair =
  (f: (a: number, b: number) => number): BinaryLoop =>
  (a, b, out, { length, starts: [i, j, k], steps: [iStep, jStep, kStep] }) => {
    for (let n = 0; n < length; n++, i += iStep, j += jStep, k += kStep) out[k] = f(a[i], b[j]);
  };

export const add: BinaryLoop = (a, b, out, { length, starts: [i, j, k], steps: [iStep, jStep, kStep] }) => {
  for (let n = 0; n < length; n++, i = (i + iStep) | 0, j = (j + jStep) | 0, k = (k + kStep) | 0)
    out[k] = a[i] + b[j];
};

export const subtract: BinaryLoop = (
  a,
  b,
  out,
  { length, starts: [i, j, k], steps: [iStep, jStep, kStep] },
) => {
  for (let n = 0; n < length; n++, i = (i + iStep) | 0, j = (j + jStep) | 0, k = (k + kStep) | 0)
    out[k] = a[i] - b[j];
};

export const multiply: BinaryLoop = (
  a,
  b,
  out,
  { length, starts: [i, j, k], steps: [iStep, jStep, kStep] },
) => {
  for (let n = 0; n < length; n++, i = (i + iStep) | 0, j = (j + jStep) | 0, k = (k + kStep) | 0)
    out[k] = a[i] * b[j];
};

export const divide: BinaryLoop = (
  a,
  b,
  out,
  { length, starts: [i, j, k], steps: [iStep, jStep, kStep] },
) => {
  for (let n = 0; n < length; n++, i = (i + iStep) | 0, j = (j + jStep) | 0, k = (k + kStep) | 0)
    out[k] = a[i] / b[j];
};

export const negate: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i];
};

export const square: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i] * x[i];
};

export const exp: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(x[i]);
};

export const log: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.log(x[i]);
};

export const relu: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(x[i], 0);
};

export const tanh: UnaryLoop = (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.tanh(x[i]);
};

/** σ(z) without overflow: the exponential is only taken of −|z|. */
export const sigmoid: UnaryLoop = (z, out) => {
  for (let i = 0; i < out.length; i++) {
    const small = expOfMinus(Math.abs(z[i]));
    out[i] = (z[i] < 0 ? small : 1) / (1 + small);
  }
};

/** log(1 + eᶻ), right to the last digits for every z. */
export const softplus: UnaryLoop = (z, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.max(z[i], 0) + Math.log1p(Math.exp(-Math.abs(z[i])));
};

export const relu6 = each((z) => Math.min(Math.max(z, 0), 6));
export const elu = each((z) => (z >= 0 ? z : Math.expm1(z)));
export const leakyRelu = (slope: number): UnaryLoop => each((z) => (z < 0 ? slope * z : z));
/** `leakyRelu` with the slopes in an array of their own. */
export const prelu = eachPair((z, slope) => (z < 0 ? slope * z : z));
