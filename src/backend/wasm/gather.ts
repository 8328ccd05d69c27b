/**
 * Rows by their numbers, which is how Layers takes a batch from shuffled data. The package goes through them number by number, which
 * takes longer than multiplying them by a layer's weights.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { InputError } from '../../utils/errors.ts';
import { tf } from '../tfjs-core.ts';
import type { Assembly } from './assembly.ts';

/**
 * @param indices whole numbers, each a place along `axis`
 * @returns undefined for what does not take four bytes a number
 * @throws InputError for a place that there is not
 */
export function gather(
  { backend, exports, addressOf }: Assembly,
  x: TensorInfo,
  indices: TensorInfo,
  { axis, batchDims }: { axis: number; batchDims: number },
): TensorInfo | undefined {
  const { dtype } = x;
  if ((dtype !== 'float32' && dtype !== 'int32') || indices.dtype !== 'int32') return undefined;
  const [along] = tf.util.parseAxisParam(axis, x.shape);
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
    tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims);
  const count = tf.util.sizeFromShape(indices.shape) / batchSize;
  const { buffer } = backend.wasm.asm.memory;
  for (const index of new Int32Array(buffer, addressOf(indices), batchSize * count)) {
    if (index < 0 || index >= dimSize)
      throw new InputError(`gather: there is no place ${index} along a dimension of ${dimSize}`);
  }
  const out = backend.makeOutput(outputShape, dtype);
  const bytes = 4 * sliceSize;
  for (let block = 0; block < batchSize * outerSize; block++) {
    const first = addressOf(indices) + 4 * count * Math.floor(block / outerSize);
    exports.gather(
      addressOf(x) + block * dimSize * bytes,
      bytes,
      first,
      count,
      addressOf(out) + block * count * bytes,
    );
  }
  return out;
}
