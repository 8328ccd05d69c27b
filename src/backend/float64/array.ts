/**
 * What kernels work on: a shape and its row-major values, and the one loop that walks two arrays by strides.
 */
import { WorkError } from '../../errors.ts';
import type { DataType } from '../../tf.ts';

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

/** How many elements lie between neighbours along each dimension of a row-major array. */
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

/**
 * Walks two strided arrays of one shape in row-major order and calls `run` for each stretch in which both
 * advance by constant steps. Dimensions that continue each other are merged first, so arrays of one shape,
 * an array and a scalar, and a transposed vector are a single run, and a row or column against a matrix is
 * one run per matrix row.
 * @param run gets the running number of the first element, how many there are, and where each array starts and steps.
 */
export function forEachRun(
  shape: number[],
  aStrides: number[],
  bStrides: number[],
  run: (first: number, length: number, a: number, aStep: number, b: number, bStep: number) => void,
  aOffset = 0,
  bOffset = 0,
): void {
  const lengths: number[] = [];
  const aSteps: number[] = [];
  const bSteps: number[] = [];
  for (let d = shape.length - 1, inner = -1; d >= 0; d--) {
    if (shape[d] === 0) return;
    if (shape[d] === 1) continue;
    const continues =
      inner >= 0 &&
      aStrides[d] === aSteps[inner] * lengths[inner] &&
      bStrides[d] === bSteps[inner] * lengths[inner];
    if (continues) {
      lengths[inner] *= shape[d];
    } else {
      inner++;
      lengths.push(shape[d]);
      aSteps.push(aStrides[d]);
      bSteps.push(bStrides[d]);
    }
  }
  if (lengths.length === 0) return run(0, 1, aOffset, 0, bOffset, 0);

  let first = 0;
  const visit = (level: number, a: number, b: number): void => {
    const length = lengths[level];
    if (level === 0) {
      run(first, length, a, aSteps[0], b, bSteps[0]);
      first += length;
    } else {
      for (let i = 0; i < length; i++) visit(level - 1, a + i * aSteps[level], b + i * bSteps[level]);
    }
  };
  visit(lengths.length - 1, aOffset, bOffset);
}

/** Copies a strided block of `source` to a strided block of `target`. */
export function copy(
  shape: number[],
  source: { values: Values; strides: number[]; offset?: number },
  target: { values: Values; strides: number[]; offset?: number },
): void {
  const from = source.values;
  const to = target.values;
  forEachRun(
    shape,
    source.strides,
    target.strides,
    (_first, length, i, iStep, j, jStep) => {
      for (let k = 0; k < length; k++, i += iStep, j += jStep) to[j] = from[i];
    },
    source.offset,
    target.offset,
  );
}
