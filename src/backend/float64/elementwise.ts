/** Element-wise kernels: functions of one number, and of two with broadcasting. */
import { tf, type DataType } from '../../utils/tf.ts';
import { add, allocate, apply, combine, map, sigmoid, zip, type Kernel, type Kernels } from './loops.ts';

type Unary = (x: number) => number;
type Binary = (a: number, b: number) => number;

const unary =
  (f: Unary, dtype?: DataType): Kernel =>
  ({ x }) =>
    map(x, f, dtype);

const binary =
  (f: Binary, dtype?: DataType): Kernel =>
  ({ a, b }) =>
    zip(a, b, f, dtype);

/** A function whose values are floats, even those of integers. */
const real = (f: Unary) => unary(f, 'float32');
const predicate = (f: (x: number) => boolean) => unary((x) => Number(f(x)), 'bool');
const relation = (f: (a: number, b: number) => boolean) => binary((a, b) => Number(f(a, b)), 'bool');

// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Halves go to the even neighbor, as in NumPy and TensorFlow. */
function round(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** log(1 + eᶻ), right to the last digits for every z. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** The result has the sign of the divisor, as in Python. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** `LeakyRelu` with the slopes in a tensor. */
const prelu: Binary = (x, slope) => (x < 0 ? slope * x : x);
const eluGradient: Binary = (gradient, y) => (y >= 0 ? gradient : gradient * (y + 1));

export const elementwise: Kernels = {
  Abs: unary(Math.abs),
  Acos: real(Math.acos),
  Acosh: real(Math.acosh),
  Asin: real(Math.asin),
  Asinh: real(Math.asinh),
  Atan: real(Math.atan),
  Atanh: real(Math.atanh),
  Ceil: unary(Math.ceil),
  Cos: real(Math.cos),
  Cosh: real(Math.cosh),
  Elu: real((x) => (x >= 0 ? x : Math.expm1(x))),
  Exp: real(Math.exp),
  Expm1: real(Math.expm1),
  Floor: unary(Math.floor),
  IsFinite: predicate(Number.isFinite),
  IsInf: predicate((x) => Math.abs(x) === Infinity),
  IsNan: predicate(Number.isNaN),
  Log: real(Math.log),
  Log1p: real(Math.log1p),
  LogicalNot: predicate((x) => !x),
  Neg: unary((x) => -x),
  Reciprocal: real((x) => 1 / x),
  Relu: unary((x) => Math.max(x, 0)),
  Relu6: unary((x) => Math.min(Math.max(x, 0), 6)),
  Round: unary(round),
  Rsqrt: real((x) => 1 / Math.sqrt(x)),
  Selu: real((x) => seluScale * (x >= 0 ? x : seluAlpha * Math.expm1(x))),
  Sigmoid: ({ x }) => apply(x, sigmoid, 'float32'),
  Sign: unary(Math.sign),
  Sin: real(Math.sin),
  Sinh: real(Math.sinh),
  Softplus: real(softplus),
  Sqrt: real(Math.sqrt),
  Square: unary((x) => x * x),
  Tan: real(Math.tan),
  Tanh: real(Math.tanh),

  ClipByValue: ({ x }, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    map(x, (value) => Math.min(Math.max(value, clipValueMin), clipValueMax)),
  LeakyRelu: ({ x }, { alpha }: { alpha: number }) =>
    map(x, (value) => (value < 0 ? alpha * value : value), 'float32'),
  Step: ({ x }, { alpha }: { alpha: number }) =>
    map(x, (value) => (value > 0 ? 1 : value <= 0 ? alpha : NaN)),

  Add: ({ a, b }) => combine(a, b, add),
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

  Equal: relation((a, b) => a === b),
  Greater: relation((a, b) => a > b),
  GreaterEqual: relation((a, b) => a >= b),
  Less: relation((a, b) => a < b),
  LessEqual: relation((a, b) => a <= b),
  LogicalAnd: relation((a, b) => Boolean(a && b)),
  LogicalOr: relation((a, b) => Boolean(a || b)),
  NotEqual: relation((a, b) => a !== b),

  EluGrad: ({ dy, y }) => zip(dy, y, eluGradient),
  Prelu: ({ x, alpha }) => zip(x, alpha, prelu, 'float32'),

  AddN: (terms) => Object.values(terms).reduce((sum, term) => combine(sum, term, add)),
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
