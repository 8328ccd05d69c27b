/**
 * Max-pooling by our assembly. The package's gradient starts the search for the largest number of a window at the smallest
 * positive float, so that of a window of negative numbers nothing comes back.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { poolWindows, type Attributes } from '../windows/kernels.ts';
import type { Windows } from '../windows/windows.ts';
import type { Assembly } from './assembly.ts';
import { refuseShape, refuseWholeNumbers } from './convolution.ts';

const geometry = (w: Windows) =>
  [
    w.batch,
    w.input[1],
    w.input[2],
    w.inChannels,
    w.size[1],
    w.size[2],
    w.strides[1],
    w.strides[2],
    w.before[1],
    w.before[2],
  ] as const;

/** @param x `[batch, height, width, channels]` */
export function maxPool(assembly: Assembly, x: TensorInfo, attributes: Attributes): TensorInfo {
  refuseWholeNumbers('maxPool', x);
  const w = poolWindows(x.shape, attributes);
  const { exports, backend, addressOf } = assembly;
  const out = backend.makeOutput(w.shape, 'float32');
  exports.maxPool(addressOf(x), ...geometry(w), addressOf(out), w.output[1], w.output[2]);
  return out;
}

/** @param dy ∂L/∂pooled, of the pooled shape */
export function maxPoolGradient(
  assembly: Assembly,
  dy: TensorInfo,
  x: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of maxPool', dy, x);
  const w = poolWindows(x.shape, attributes);
  refuseShape(dy, w);
  const { exports, backend, addressOf } = assembly;
  const out = backend.makeOutput(x.shape, 'float32');
  exports.maxPoolGradient(
    addressOf(x),
    ...geometry(w),
    addressOf(dy),
    w.output[1],
    w.output[2],
    addressOf(out),
  );
  return out;
}
