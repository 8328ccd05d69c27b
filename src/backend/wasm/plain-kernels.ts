/**
 * Kernels that are seldom needed, or that the package lacks or has wrong, in plain loops over the memory.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { InputError } from '../../utils/errors.ts';
import { tf } from '../tfjs-core.ts';
import { windowKernels, type Attributes } from '../windows/kernels.ts';
import type { Assembly } from './assembly.ts';
import { refuseWholeNumbers } from './convolution.ts';

const numbersOf = ({ numbersAt, addressOf }: Assembly, x: TensorInfo): Float32Array =>
  numbersAt(addressOf(x), tf.util.sizeFromShape(x.shape));

/** One of the kernels that slide windows, by its definition. */
export const byDefinition =
  (name: keyof typeof windowKernels) =>
  (assembly: Assembly, inputs: Record<string, TensorInfo>, attributes: Attributes): TensorInfo => {
    refuseWholeNumbers(name, ...Object.values(inputs));
    const entries = Object.entries(inputs).map(([key, x]) => [
      key,
      { shape: x.shape, values: numbersOf(assembly, x) },
    ]);
    const { shape, values } = windowKernels[name](Object.fromEntries(entries) as never, attributes);
    const out = assembly.backend.makeOutput(shape, 'float32');
    numbersOf(assembly, out).set(values);
    return out;
  };

/**
 * Adds up what belongs to the same segment, which is how a gradient comes back to the rows that were gathered.
 *
 * @param x `[…ids, …inner]`
 * @param segmentIds whole numbers; what has a negative one is left out
 */
export function unsortedSegmentSum(
  assembly: Assembly,
  x: TensorInfo,
  segmentIds: TensorInfo,
  { numSegments }: { numSegments: number },
): TensorInfo {
  refuseWholeNumbers('unsortedSegmentSum', x);
  const inner = x.shape.slice(segmentIds.shape.length);
  const length = tf.util.sizeFromShape(inner);
  const { backend, exports, addressOf } = assembly;
  const out = backend.makeOutput([numSegments, ...inner], 'float32');
  numbersOf(assembly, out).fill(0);
  const count = tf.util.sizeFromShape(segmentIds.shape);
  new Int32Array(backend.wasm.asm.memory.buffer, addressOf(segmentIds), count).forEach((id, i) => {
    if (id >= numSegments)
      throw new InputError(`unsortedSegmentSum: segment ${id} is none of ${numSegments} segments`);
    const sum = addressOf(out) + 4 * length * id;
    if (id >= 0) exports.addScaled(sum, 0, 4, addressOf(x) + 4 * length * i, 0, 4, sum, 1, length, 1);
  });
  return out;
}
