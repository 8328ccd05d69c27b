/**
 * Initial parameter values, in plain doubles, so that they are the same on every backend.
 */
import { InputError } from '../utils/errors.ts';
import type { RandomState } from '../utils/random.ts';

export interface ParameterValues {
  shape: number[];
  /** Row-major. */
  values: Float64Array;
}

/** Ten times the largest model here; a file or an option that asks for more must not take the memory. */
const maxValues = 2 ** 25;

function sizeOf(shape: number[]): number {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size > maxValues) {
    throw new InputError(
      `A parameter of shape [${shape.join(', ')}] is too large: the most is ${maxValues} values.`,
    );
  }
  return size;
}

export const filled = (shape: number[], value: number): ParameterValues => ({
  shape,
  values: new Float64Array(sizeOf(shape)).fill(value),
});

export const zeros = (shape: number[]): ParameterValues => filled(shape, 0);
export const ones = (shape: number[]): ParameterValues => filled(shape, 1);

/** Normal with mean 0, drawn in row-major order as NumPy's `normal(0, standardDeviation, shape)` does. */
export const normal = (shape: number[], random: RandomState, standardDeviation = 1): ParameterValues => ({
  shape,
  values: random.normal(0, standardDeviation, sizeOf(shape)),
});

/** Uniform in [low, high), as NumPy's `uniform(low, high, shape)`. */
export const uniform = (shape: number[], random: RandomState, low = 0, high = 1): ParameterValues => ({
  shape,
  values: random.uniform(low, high, sizeOf(shape)),
});
