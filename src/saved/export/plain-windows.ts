/** Convolutions and pooling in plain steps. */
import { tf } from '../../core/tf.ts';
import { anyRows } from './graph.ts';
import { refuse, type InSteps } from './plain-steps-types.ts';

interface Window {
  strides: number | [number, number];
  pad: 'valid' | 'same' | number;
  dataFormat?: string;
  dilations?: number | [number, number];
  dimRoundingMode?: 'floor';
  filterSize: number | [number, number];
}

/** One picture stands for all: padding does not depend on how many there are. */
const asOnePicture = (shape: number[]) => [1, ...shape.slice(1)] as [number, number, number, number];

const padsOf = ({
  top,
  left,
  bottom,
  right,
}: {
  top: number;
  left: number;
  bottom: number;
  right: number;
}) => [top, left, bottom, right];

export const convolution: InSteps = ({ inputs, attributes }, graph) => {
  const {
    strides,
    pad,
    dataFormat = 'NHWC',
    dilations = 1,
    dimRoundingMode,
  } = attributes as unknown as Window;
  if (dataFormat !== 'NHWC' || [dilations].flat().some((step) => step !== 1))
    refuse('it has a convolution with dilations or with channels first');
  const { x, filter } = inputs;
  const shape = asOnePicture(graph.shapes[x]);
  const filters = graph.shapes[filter] as typeof shape;
  const info = tf.backend_util.computeConv2DInfo(shape, filters, strides, 1, pad, dimRoundingMode);
  return graph.add('convolution', [x, filter], [anyRows, ...info.outShape.slice(1)], {
    strides: [info.strideHeight, info.strideWidth],
    pads: padsOf(info.padInfo),
  });
};

export const pool =
  (op: 'maxPool' | 'averagePool'): InSteps =>
  ({ inputs, attributes }, graph) => {
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as Window;
    const shape = asOnePicture(graph.shapes[inputs.x]);
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    return graph.add(op, [inputs.x], [anyRows, ...info.outShape.slice(1)], {
      size: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      pads: padsOf(info.padInfo),
    });
  };

/** Our fused kernel; the winners' places, its second output, are for the way back alone. */
export const pooledConvolution: InSteps = (call, graph) => {
  const plain = { ...call.attributes, strides: 1, pad: 'valid', filterSize: 2 };
  const sums = convolution({ ...call, attributes: plain }, graph) as string;
  const shape = graph.shapes[sums];
  const biased = graph.add('add', [sums, call.inputs.bias], shape);
  const pooling = { ...plain, strides: 2 };
  const pooled = pool('maxPool')({ ...call, inputs: { x: biased }, attributes: pooling }, graph);
  return graph.add('relu', [pooled as string], call.shapes[0]);
};
