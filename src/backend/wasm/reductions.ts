/**
 * Reductions: sums by `assembly/`, and reductions over no numbers, for which the package returns memory that was never written, or
 * traps.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Inputs } from './assembly.ts';
import { numbersIn } from './elementwise.ts';
import { columnSums } from './products.ts';
import { asMatrix } from './rows.ts';

/** Attributes of reductions; `Max` has another name for the axes. */
interface Reduction {
  axis?: number | number[] | null;
  reductionIndices?: number | number[];
  keepDims: boolean;
}

/** The reduction of an empty tensor. @param identity its value over no numbers @returns undefined for other tensors */
export const emptyReduction =
  (identity: number) =>
  (assembly: Assembly, { x }: Inputs, attributes: Reduction): TensorInfo | undefined => {
    if (tf.util.sizeFromShape(x.shape) > 0) return undefined;
    const { axis, reductionIndices = axis, keepDims } = attributes;
    const axes = tf.util.parseAxisParam(reductionIndices ?? x.shape.map((_, d) => d), x.shape);
    const shape = x.shape.map((length, d) => (axes.includes(d) ? 1 : length));
    const out = assembly.backend.makeOutput(
      keepDims ? shape : shape.filter((_, d) => !axes.includes(d)),
      x.dtype as 'float32',
    );
    numbersIn(assembly, out).fill(identity);
    return out;
  };

/** Sums over all dimensions but the last. */
function sumOfLeading(
  assembly: Assembly,
  { x }: Inputs,
  { axis, keepDims }: Reduction,
): TensorInfo | undefined {
  if (x.shape.length < 2 || x.dtype !== 'float32' || axis == null) return undefined;
  const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
  if (axes.length !== x.shape.length - 1 || axes.some((along, i) => along !== i)) return undefined;
  const sums = columnSums(assembly, asMatrix(x));
  return keepDims ? { ...sums, shape: [...axes.map(() => 1), ...sums.shape] } : sums;
}

const emptySum = emptyReduction(0);

export const sum = (assembly: Assembly, inputs: Inputs, attributes: Reduction): TensorInfo | undefined =>
  emptySum(assembly, inputs, attributes) ?? sumOfLeading(assembly, inputs, attributes);
