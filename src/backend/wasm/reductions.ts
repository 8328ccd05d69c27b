/** Reductions over no numbers, for which the package returns memory that was never written, or traps. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Inputs } from './assembly.ts';

/** Attributes of reductions; `Max` has another name for the axes. */
interface Reduction {
  axis?: number | number[] | null;
  reductionIndices?: number | number[];
  keepDims: boolean;
}

/** The reduction of an empty tensor. @param identity its value over no numbers @returns undefined for other tensors */
export const emptyReduction =
  (identity: number) =>
  ({ backend, addressOf }: Assembly, { x }: Inputs, attributes: Reduction): TensorInfo | undefined => {
    if (tf.util.sizeFromShape(x.shape) > 0) return undefined;
    const { axis, reductionIndices = axis, keepDims } = attributes;
    const axes = tf.util.parseAxisParam(reductionIndices ?? x.shape.map((_, d) => d), x.shape);
    const shape = x.shape.map((length, d) => (axes.includes(d) ? 1 : length));
    const out = backend.makeOutput(
      keepDims ? shape : shape.filter((_, d) => !axes.includes(d)),
      x.dtype as 'float32',
    );
    const count = tf.util.sizeFromShape(out.shape);
    const { buffer } = backend.wasm.asm.memory;
    if (x.dtype === 'bool') new Uint8Array(buffer, addressOf(out), count).fill(identity);
    else if (x.dtype === 'int32') new Int32Array(buffer, addressOf(out), count).fill(identity);
    else new Float32Array(buffer, addressOf(out), count).fill(identity);
    return out;
  };
