/**
 * Kernels that make arrays out of nothing but their attributes, or of the shape of another array.
 */
import type { DataType } from '../../utils/tf.ts';
import { allocate } from './array.ts';
import type { Kernels, NdArray } from './array.ts';

const filled = (shape: number[], dtype: DataType, value: number): NdArray => {
  const result = allocate(shape, dtype);
  result.values.fill(value);
  return result;
};

type OneHot = { depth: number; onValue: number; offValue: number; dtype: DataType };
function oneHot(indices: NdArray, { depth, onValue, offValue, dtype }: OneHot): NdArray {
  const result = filled([...indices.shape, depth], dtype, offValue);
  indices.values.forEach((index, row) => {
    if (index >= 0 && index < depth) result.values[row * depth + index] = onValue;
  });
  return result;
}

type Range = { start: number; stop: number; step: number; dtype: DataType };
function range({ start, stop, step, dtype }: Range): NdArray {
  // The op gives no sign to a default step.
  const signed = stop < start && step === 1 ? -1 : step;
  const result = allocate([Math.max(0, Math.ceil((stop - start) / signed))], dtype);
  for (let i = 0; i < result.values.length; i++) result.values[i] = start + i * signed;
  return result;
}

export const creations: Kernels = {
  Fill: (_, { shape, value, dtype }: { shape: number[]; value: number; dtype?: DataType }) =>
    filled(shape, dtype ?? 'float32', value),
  LinSpace: (_, { start, stop, num }: { start: number; stop: number; num: number }) => {
    const result = range({ start: 0, stop: num, step: 1, dtype: 'float32' });
    const step = num > 1 ? (stop - start) / (num - 1) : 0;
    return { ...result, values: result.values.map((i) => start + i * step) };
  },
  OneHot: ({ indices }, attributes: OneHot) => oneHot(indices, attributes),
  OnesLike: ({ x }) => filled(x.shape, x.dtype, 1),
  Range: (_, attributes: Range) => range(attributes),
  ZerosLike: ({ x }) => allocate(x.shape, x.dtype),
};
