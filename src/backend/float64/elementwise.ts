/**
 * Kernels that treat every element alike: functions of one number, and of two with broadcasting.
 */
import { tf } from '../../tf.ts';
import type { DataType } from '../../tf.ts';
import { allocate, broadcastStrides, forEachRun } from './array.ts';
import type { Kernel, Kernels, NdArray } from './array.ts';

/** A new array of f(element). */
export function map(x: NdArray, f: (value: number) => number, dtype: DataType = x.dtype): NdArray {
  const result = allocate(x.shape, dtype);
  const source = x.values;
  const target = result.values;
  for (let i = 0; i < target.length; i++) target[i] = f(source[i]);
  return result;
}

/** A new array of f(a, b), each repeated along the dimensions where its length is 1. */
export function zip(
  a: NdArray,
  b: NdArray,
  f: (a: number, b: number) => number,
  dtype: DataType = a.dtype,
): NdArray {
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const result = allocate(shape, dtype);
  const left = a.values;
  const right = b.values;
  const target = result.values;
  const run = (first: number, length: number, i: number, iStep: number, j: number, jStep: number) => {
    for (let k = first; k < first + length; k++, i += iStep, j += jStep) target[k] = f(left[i], right[j]);
  };
  forEachRun(shape, broadcastStrides(a.shape, shape), broadcastStrides(b.shape, shape), run);
  return result;
}

const unary =
  (f: (value: number) => number, dtype?: DataType): Kernel =>
  ({ x }) =>
    map(x, f, dtype);

const binary =
  (f: (a: number, b: number) => number, dtype?: DataType): Kernel =>
  ({ a, b }) =>
    zip(a, b, f, dtype);

/** σ(z) without overflow: the exponential is only taken of −|z|. */
export function sigmoid(z: number): number {
  const small = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + small) : small / (1 + small);
}

/** log(1 + eᶻ), right to the last digits for every z. */
export const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

export const relu = (z: number): number => Math.max(z, 0);
export const relu6 = (z: number): number => Math.min(Math.max(z, 0), 6);
export const elu = (z: number): number => (z >= 0 ? z : Math.expm1(z));
export const leakyRelu = (z: number, slope: number): number => (z < 0 ? slope * z : z);

// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Halves go to the even neighbour, as in NumPy and TensorFlow. */
function round(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The result has the sign of the divisor, as in Python. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

export const elementwise: Kernels = {
  Abs: unary(Math.abs),
  Acos: unary(Math.acos, 'float32'),
  Acosh: unary(Math.acosh, 'float32'),
  Asin: unary(Math.asin, 'float32'),
  Asinh: unary(Math.asinh, 'float32'),
  Atan: unary(Math.atan, 'float32'),
  Atanh: unary(Math.atanh, 'float32'),
  Ceil: unary(Math.ceil),
  Cos: unary(Math.cos, 'float32'),
  Cosh: unary(Math.cosh, 'float32'),
  Elu: unary(elu, 'float32'),
  Exp: unary(Math.exp, 'float32'),
  Expm1: unary(Math.expm1, 'float32'),
  Floor: unary(Math.floor),
  IsFinite: unary((x) => Number(Number.isFinite(x)), 'bool'),
  IsInf: unary((x) => Number(Math.abs(x) === Infinity), 'bool'),
  IsNan: unary((x) => Number(Number.isNaN(x)), 'bool'),
  Log: unary(Math.log, 'float32'),
  Log1p: unary(Math.log1p, 'float32'),
  LogicalNot: unary((x) => Number(!x), 'bool'),
  Neg: unary((x) => -x),
  Reciprocal: unary((x) => 1 / x, 'float32'),
  Relu: unary(relu),
  Relu6: unary(relu6),
  Round: unary(round),
  Rsqrt: unary((x) => 1 / Math.sqrt(x), 'float32'),
  Selu: unary((x) => seluScale * (x >= 0 ? x : seluAlpha * Math.expm1(x)), 'float32'),
  Sigmoid: unary(sigmoid, 'float32'),
  Sign: unary(Math.sign),
  Sin: unary(Math.sin, 'float32'),
  Sinh: unary(Math.sinh, 'float32'),
  Softplus: unary(softplus, 'float32'),
  Sqrt: unary(Math.sqrt, 'float32'),
  Square: unary((x) => x * x),
  Tan: unary(Math.tan, 'float32'),
  Tanh: unary(Math.tanh, 'float32'),

  ClipByValue: ({ x }, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    map(x, (value) => Math.min(Math.max(value, clipValueMin), clipValueMax)),
  LeakyRelu: ({ x }, { alpha }: { alpha: number }) => map(x, (value) => leakyRelu(value, alpha), 'float32'),
  Step: ({ x }, { alpha }: { alpha: number }) =>
    map(x, (value) => (Number.isNaN(value) ? NaN : value > 0 ? 1 : alpha)),

  Add: binary((a, b) => a + b),
  Atan2: binary(Math.atan2),
  FloorDiv: binary((a, b) => Math.floor(a / b), 'int32'),
  Maximum: binary(Math.max),
  Minimum: binary(Math.min),
  Mod: binary(modulo),
  Multiply: binary((a, b) => a * b),
  Pow: binary(Math.pow),
  RealDiv: binary((a, b) => a / b, 'float32'),
  SquaredDifference: binary((a, b) => (a - b) * (a - b)),
  Sub: binary((a, b) => a - b),

  Equal: binary((a, b) => Number(a === b), 'bool'),
  Greater: binary((a, b) => Number(a > b), 'bool'),
  GreaterEqual: binary((a, b) => Number(a >= b), 'bool'),
  Less: binary((a, b) => Number(a < b), 'bool'),
  LessEqual: binary((a, b) => Number(a <= b), 'bool'),
  LogicalAnd: binary((a, b) => Number(a && b), 'bool'),
  LogicalOr: binary((a, b) => Number(a || b), 'bool'),
  NotEqual: binary((a, b) => Number(a !== b), 'bool'),

  EluGrad: ({ dy, y }) => zip(dy, y, (gradient, value) => (value >= 0 ? gradient : gradient * (value + 1))),
  Prelu: ({ x, alpha }) => zip(x, alpha, leakyRelu, 'float32'),

  AddN: (inputs) => Object.values(inputs).reduce((sum, term) => zip(sum, term, (a, b) => a + b)),
  /** The condition has the shape of the others, or one entry for each of their rows. */
  Select: ({ condition, t, e }) => {
    const result = allocate(t.shape, tf.upcastType(t.dtype, e.dtype));
    const rowLength = t.values.length / condition.values.length;
    for (let i = 0; i < result.values.length; i++) {
      const row = rowLength === 1 ? i : Math.floor(i / rowLength);
      result.values[i] = (condition.values[row] ? t : e).values[i];
    }
    return result;
  },
};
