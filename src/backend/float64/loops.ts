/** Arrays of the kernels, a shape and its row-major values, and the one walk over arrays by strides. */
import { WorkError } from '../../utils/errors.ts';
import { expOfMinus } from '../../utils/math.ts';
import { type DataType, tf } from '../../utils/tf.ts';

export type Values = Float64Array | Int32Array | Uint8Array;

/** `float32` is what TensorFlow.js calls the floating type; here it holds doubles. */
export interface NdArray {
  shape: number[];
  dtype: DataType;
  values: Values;
}

/** A pure function: arrays by input name, in; new arrays out. Returning an input's `values` shares them. */
export type Kernel<Attributes = never> = (
  inputs: Record<string, NdArray>,
  attributes: Attributes,
) => NdArray | NdArray[];

export type Kernels = Record<string, Kernel>;

export const sizeOf = (shape: number[]): number => shape.reduce((product, length) => product * length, 1);

/** The array type that holds a dtype. @throws WorkError for strings and complex numbers. */
export function arrayTypeOf(dtype: DataType) {
  if (dtype === 'float32') return Float64Array;
  if (dtype === 'int32') return Int32Array;
  if (dtype === 'bool') return Uint8Array;
  throw new WorkError(`the float64 backend holds numbers and booleans, not ${dtype} tensors`);
}

/** An array of zeros. */
export const allocate = (shape: number[], dtype: DataType): NdArray => ({
  shape,
  dtype,
  values: new (arrayTypeOf(dtype))(sizeOf(shape)),
});

/**
 * The values as doubles, in which everything is computed, integers too: V8 compiles a loop for each combination
 * of array types that it meets and slows down for all of them.
 */
export const doublesOf = ({ values }: NdArray): Float64Array =>
  values instanceof Float64Array ? values : new Float64Array(values);

/** The same numbers in another type: towards zero for integers, `≠ 0` for booleans. */
export function cast(x: NdArray, dtype: DataType): NdArray {
  if (x.dtype === dtype) return x;
  const { shape } = x;
  if (dtype === 'bool')
    return { shape, dtype, values: Uint8Array.from(x.values, (value) => Number(value !== 0)) };
  return { shape, dtype, values: new (arrayTypeOf(dtype))(x.values) };
}

/** How many elements lie between neighbors along each dimension of a row-major array. */
export function stridesOf(shape: number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let d = shape.length - 1, stride = 1; d >= 0; stride *= shape[d--]) strides[d] = stride;
  return strides;
}

/** Strides that read an array of `shape` as if it had the shape `target`: 0 along repeated dimensions. */
export function broadcastStrides(shape: number[], target: number[]): number[] {
  const strides = stridesOf(shape);
  const added = target.length - shape.length;
  return target.map((_, d) => (d < added || shape[d - added] === 1 ? 0 : strides[d - added]));
}

/** A stretch of several arrays in which each advances by a constant step. */
export interface Run {
  length: number;
  /** Where the stretch starts in each array. */
  starts: number[];
  steps: number[];
}

/**
 * Walks strided arrays of one shape together and calls `visit` for each stretch of constant steps. Dimensions
 * that continue each other are merged first, so arrays of one shape, or an array and a scalar, are a single
 * run; the runs go along the last dimension, or along the longest where the last is short.
 * @param visit gets a run that is only valid during the call.
 */
export function forEachRun(
  shape: number[],
  strides: number[][],
  visit: (run: Run) => void,
  offsets: number[] = strides.map(() => 0),
): void {
  if (shape.includes(0)) return;
  const dimensions: { length: number; steps: number[] }[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] === 1) continue;
    const inner = dimensions.at(-1);
    if (inner && strides.every((steps, i) => steps[d] === inner.steps[i] * inner.length)) {
      inner.length *= shape[d];
    } else {
      dimensions.push({ length: shape[d], steps: strides.map((steps) => steps[d]) });
    }
  }
  // Rather few long runs than many short ones.
  if (dimensions.length > 1 && dimensions[0].length < 16) dimensions.sort((a, b) => b.length - a.length);

  const { length, steps } = dimensions[0] ?? { length: 1, steps: offsets };
  const run: Run = { length, starts: [...offsets], steps };
  const walk = (level: number): void => {
    if (level < 1) return visit(run);
    const { length, steps } = dimensions[level];
    for (let n = 0; n < length; n++) {
      walk(level - 1);
      for (let i = 0; i < steps.length; i++) run.starts[i] += steps[i];
    }
    for (let i = 0; i < steps.length; i++) run.starts[i] -= length * steps[i];
  };
  walk(dimensions.length - 1);
}

/** A part of an array: what lies at `offset` and then at each multiple of the strides. */
export interface Block<V extends Values = Values> {
  values: V;
  strides: number[];
  offset?: number;
}

/** Copies a block of one array to a block of another. */
export function copy<V extends Values>(shape: number[], source: Block<V>, target: Block<V>): void {
  const from = source.values;
  const to = target.values;
  const visit = ({ length, starts, steps }: Run) => {
    let [i, j] = starts;
    const [iStep, jStep] = steps;
    for (let n = 0; n < length; n++, i += iStep, j += jStep) to[j] = from[i];
  };
  forEachRun(shape, [source.strides, target.strides], visit, [source.offset ?? 0, target.offset ?? 0]);
}

type UnaryLoop = (x: Float64Array, out: Float64Array) => void;
type BinaryLoop = (a: Float64Array, b: Float64Array, out: Float64Array, run: Run) => void;

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

const each =
  (f: (value: number) => number): UnaryLoop =>
  (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i]);
  };

const eachPair =
  (f: (a: number, b: number) => number): BinaryLoop =>
  (a, b, out, { length, starts: [i, j, k], steps: [iStep, jStep, kStep] }) => {
    for (let n = 0; n < length; n++, i += iStep, j += jStep, k += kStep) out[k] = f(a[i], b[j]);
  };

/** A new array of f of every element of x. */
export const map = (x: NdArray, f: (value: number) => number, dtype?: DataType): NdArray =>
  apply(x, each(f), dtype);

/** A new array of f of every pair of elements of a and b, which broadcast. */
export const zip = (a: NdArray, b: NdArray, f: (a: number, b: number) => number, dtype?: DataType): NdArray =>
  combine(a, b, eachPair(f), dtype);

/** The same as `eachPair`, without its calls: sums are the most frequent. */
export const add: BinaryLoop = (a, b, out, { length, starts: [i, j, k], steps: [iStep, jStep, kStep] }) => {
  for (let n = 0; n < length; n++, i = (i + iStep) | 0, j = (j + jStep) | 0, k = (k + kStep) | 0)
    out[k] = a[i] + b[j];
};

/** σ(z) without overflow: the exponential is only taken of −|z|. */
export const sigmoid: UnaryLoop = (z, out) => {
  for (let i = 0; i < out.length; i++) {
    const small = expOfMinus(Math.abs(z[i]));
    out[i] = (z[i] < 0 ? small : 1) / (1 + small);
  }
};
