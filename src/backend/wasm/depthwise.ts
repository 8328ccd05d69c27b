/**
 * Gradients of depthwise convolutions by our assembly: the package has none.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import { convolutionWindows, type Attributes } from '../windows/kernels.ts';
import type { Assembly } from './assembly.ts';
import { refuseShape, refuseWholeNumbers } from './convolution.ts';

/** @param dy ∂L/∂result, of the result's shape */
export function depthwiseInputGradient(
  assembly: Assembly,
  dy: TensorInfo,
  filter: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of depthwiseConv2d', dy, filter);
  const out = zeros(assembly, attributes.inputShape);
  add(assembly, out, filter, dy, attributes, false);
  return out;
}

/** @param dy ∂L/∂result, of the result's shape */
export function depthwiseFilterGradient(
  assembly: Assembly,
  x: TensorInfo,
  dy: TensorInfo,
  attributes: Attributes,
): TensorInfo {
  refuseWholeNumbers('the gradient of depthwiseConv2d', x, dy);
  const out = zeros(assembly, attributes.filterShape);
  add(assembly, x, out, dy, attributes, true);
  return out;
}

function zeros({ backend, addressOf, numbersAt }: Assembly, shape: number[]): TensorInfo {
  const made = backend.makeOutput(shape, 'float32');
  numbersAt(addressOf(made), tf.util.sizeFromShape(shape)).fill(0);
  return made;
}

function add(
  { exports, addressOf }: Assembly,
  picture: TensorInfo,
  filter: TensorInfo,
  dy: TensorInfo,
  attributes: Attributes,
  byFilter: boolean,
): void {
  const w = convolutionWindows(picture.shape, filter.shape, attributes, true);
  refuseShape(dy, w);
  exports.depthwiseGradient(
    ...([addressOf(picture), w.batch, w.input[1], w.input[2], w.inChannels] as const),
    ...([addressOf(filter), w.size[1], w.size[2]] as const),
    ...([addressOf(dy), w.output[1], w.output[2], w.outChannels / w.inChannels] as const),
    ...([w.strides[1], w.strides[2], w.dilations[1], w.dilations[2], w.before[1], w.before[2]] as const),
    Number(byFilter),
  );
}
