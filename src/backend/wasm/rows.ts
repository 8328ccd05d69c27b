/**
 * Tensors of any rank as matrices, where a kernel treats all dimensions but the last alike: adding a bias to images, repeating a
 * row for every pixel.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Inputs } from './assembly.ts';
import type { Elementwise } from './elementwise.ts';
import { InputError } from '../../utils/errors.ts';

/** `[…, n]` as `[rows, n]`, of the same data. */
export function asMatrix(x: TensorInfo): TensorInfo {
  const columns = x.shape[x.shape.length - 1];
  return { dataId: x.dataId, dtype: x.dtype, shape: [tf.util.sizeFromShape(x.shape) / columns, columns] };
}

/** The row `[n]` of a tensor that has no more numbers than its last dimension. */
const asRow = ({ dataId, dtype, shape }: TensorInfo): TensorInfo => ({
  dataId,
  dtype,
  shape: [shape[shape.length - 1]],
});

const isRowOf = (row: TensorInfo, x: TensorInfo): boolean => {
  const columns = x.shape[x.shape.length - 1];
  return (
    x.shape.length > 2 &&
    columns > 0 &&
    row.shape.length <= x.shape.length &&
    row.shape[row.shape.length - 1] === columns &&
    tf.util.sizeFromShape(row.shape) === columns
  );
};

/** The operation also for a row and a tensor of more dimensions than two. */
export const withRows =
  (operation: Elementwise): Elementwise =>
  (assembly, a, b) => {
    const result = operation(assembly, a, b);
    if (result) return result;
    if (isRowOf(b, a)) return reshaped(operation(assembly, asMatrix(a), asRow(b)), a.shape);
    if (isRowOf(a, b)) return reshaped(operation(assembly, asRow(a), asMatrix(b)), b.shape);
    return undefined;
  };

const reshaped = (result: TensorInfo | undefined, shape: number[]): TensorInfo | undefined =>
  result && { ...result, shape };

/** A tensor that is just a row, or a block, repeated along leading dimensions only. */
export function tile(
  assembly: Assembly,
  { x }: Inputs,
  { reps }: { reps: number[] },
): TensorInfo | undefined {
  if (x.dtype !== 'float32' || x.shape.length !== reps.length) return undefined;
  const shape = x.shape.map((length, i) => length * reps[i]);
  const size = tf.util.sizeFromShape(x.shape);
  // The first dimension that is longer than 1; what is behind it must stay as it is.
  const first = x.shape.findIndex((length) => length > 1);
  const isRepeated = first < 0 || reps.slice(first + 1).every((times) => times === 1);
  const times = tf.util.sizeFromShape(reps);
  if (!isRepeated || size === 0 || times === 0) return undefined;
  const { backend, exports, addressOf } = assembly;
  const out = backend.makeOutput(shape, 'float32');
  exports.repeat(addressOf(x), 4 * size, addressOf(out), times);
  return out;
}

/** Part of a matrix. The package copies the whole matrix first. */
export function slice(
  { backend, exports, addressOf }: Assembly,
  { x }: Inputs,
  { begin, size }: { begin: number[]; size: number[] },
): TensorInfo | undefined {
  if (x.dtype !== 'float32' || x.shape.length !== 2) return undefined;
  const [[top, left], [rows, columns]] = tf.slice_util.parseSliceParams(x, begin, size);
  tf.slice_util.assertParamsValid(x, [top, left], [rows, columns]);
  if (rows * columns === 0) return undefined;
  const out = backend.makeOutput([rows, columns], 'float32');
  const width = x.shape[1];
  const first = addressOf(x) + 4 * (top * width + left);
  exports.copySpaced(first, 4 * width, 4 * columns, addressOf(out), 4 * columns, rows);
  return out;
}

/**
 * @param inputs x, and indices, whole numbers, each a place along `axis`
 * @returns undefined for what does not take four bytes a number
 * @throws InputError for a place that there is not
 */
export function gather(
  { backend, exports, addressOf }: Assembly,
  { x, indices }: Inputs,
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
      throw new InputError(`gather: index ${index} is out of range along a dimension of ${dimSize}`);
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
