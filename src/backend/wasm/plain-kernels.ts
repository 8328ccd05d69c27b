/**
 * Kernels that are seldom needed, or that the package lacks or has wrong, in plain loops over the memory.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { InputError } from '../../core/errors.ts';
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
  const out = assembly.backend.makeOutput([numSegments, ...inner], 'float32');
  const count = tf.util.sizeFromShape(segmentIds.shape);
  const ids = new Int32Array(assembly.backend.wasm.asm.memory.buffer, assembly.addressOf(segmentIds), count);
  const from = numbersOf(assembly, x);
  const to = numbersOf(assembly, out).fill(0);
  for (let i = 0; i < count; i++) {
    if (ids[i] >= numSegments) {
      throw new InputError(`unsortedSegmentSum: segment ${ids[i]} is none of ${numSegments} segments`);
    }
    if (ids[i] < 0) continue;
    for (let j = 0; j < length; j++) to[ids[i] * length + j] += from[i * length + j];
  }
  return out;
}
