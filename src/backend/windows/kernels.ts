/**
 * TensorFlow.js's kernels that slide windows over pictures, by their names: what each computes of its inputs' numbers.
 */
import { InputError } from '../../utils/errors.ts';
import { tf } from '../tfjs-core.ts';
import {
  convolution,
  depthwise,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  filterGradient,
  inputGradient,
} from './convolution.ts';
import {
  averagePool,
  averagePoolGradient,
  dilation,
  dilationGradient,
  maxPool,
  maxPoolGradient,
} from './pooling.ts';
import { bilinear, nearest, resize, resizeGradient, type Resizing } from './resizing.ts';
import { windowsOf, type Windows } from './windows.ts';

/** An input: its shape and its numbers, row-major. */
export interface Numbers {
  shape: number[];
  values: ArrayLike<number>;
}

type Inputs = Record<string, Numbers>;

/** What these kernels have in common; each has some of them. */
export interface Attributes extends Partial<Resizing> {
  strides: number | number[];
  pad: 'same' | 'valid' | number | unknown[];
  dilations?: number | number[];
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
  dataFormat?: string;
  filterSize: number | number[];
  inputShape: number[];
  filterShape: number[];
  /** Of resized pictures. */
  size: number[];
}

export type WindowKernel = (
  inputs: Inputs,
  attributes: Attributes,
) => { shape: number[]; values: Float64Array };

const { computeConv2DInfo, computeConv3DInfo, computeDilation2DInfo, computePool2DInfo, computePool3DInfo } =
  tf.backend_util;

function refuseChannelsFirst({ dataFormat = 'NHWC' }: Attributes): void {
  if (dataFormat.startsWith('NC')) {
    throw new InputError(
      `data format ${dataFormat} is not supported here: put the channels last (tf.transpose)`,
    );
  }
}

/** Windows of a convolution of pictures `x` by `filter`, both shapes; flat or deep by their length. */
export function convolutionWindows(
  x: number[],
  filter: number[],
  attributes: Attributes,
  alone = false,
): Windows {
  refuseChannelsFirst(attributes);
  const { strides, pad, dilations, dimRoundingMode } = attributes;
  type Given = [x: never, filter: never, strides: never, dilations: never, pad: never];
  const given = [x, filter, strides, dilations ?? 1, pad] as Given;
  return windowsOf(
    x.length === 5 ? computeConv3DInfo(...given) : computeConv2DInfo(...given, dimRoundingMode, alone),
  );
}

/** Windows of pools over pictures of this shape. */
export function poolWindows(x: number[], attributes: Attributes): Windows {
  refuseChannelsFirst(attributes);
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const compute = (x.length === 5 ? computePool3DInfo : computePool2DInfo) as typeof computePool2DInfo;
  return windowsOf(
    compute(x as never, filterSize as never, strides as never, 1, pad as never, dimRoundingMode),
  );
}

const forward =
  (compute: typeof convolution, alone = false): WindowKernel =>
  ({ x, filter }, attributes) => {
    const windows = convolutionWindows(x.shape, filter.shape, attributes, alone);
    return { shape: windows.shape, values: compute(x.values, filter.values, windows) };
  };

const byInput =
  (compute: typeof inputGradient, alone = false): WindowKernel =>
  ({ dy, filter }, attributes) => {
    const { inputShape } = attributes;
    const windows = convolutionWindows(inputShape, filter.shape, attributes, alone);
    return { shape: inputShape, values: compute(dy.values, filter.values, windows) };
  };

const byFilter =
  (compute: typeof filterGradient, alone = false): WindowKernel =>
  ({ x, dy }, attributes) => {
    const { filterShape } = attributes;
    const windows = convolutionWindows(x.shape, filterShape, attributes, alone);
    return { shape: filterShape, values: compute(x.values, dy.values, windows) };
  };

const pool =
  (compute: typeof maxPool): WindowKernel =>
  ({ x }, attributes) => {
    const windows = poolWindows(x.shape, attributes);
    return { shape: windows.shape, values: compute(x.values, windows) };
  };

const ofMaxPool: WindowKernel = ({ dy, input }, attributes) => ({
  shape: input.shape,
  values: maxPoolGradient(dy.values, input.values, poolWindows(input.shape, attributes)),
});

const ofAveragePool: WindowKernel = ({ dy, input }, attributes) => ({
  shape: input.shape,
  values: averagePoolGradient(dy.values, poolWindows(input.shape, attributes)),
});

type Dilated = [x: never, filter: never];
const dilationWindows = (x: Numbers, filter: Numbers, { strides, pad, dilations }: Attributes): Windows =>
  windowsOf(
    computeDilation2DInfo(
      ...([x.shape, filter.shape] as unknown as Dilated),
      strides as number,
      pad as 'same',
      'NHWC',
      dilations as number,
    ),
  );

const ofDilation =
  (of: 'pixels' | 'weights'): WindowKernel =>
  ({ x, filter, dy }, attributes) => ({
    shape: (of === 'pixels' ? x : filter).shape,
    values: dilationGradient(dy.values, x.values, filter.values, dilationWindows(x, filter, attributes), of),
  });

const resized =
  (sampling: typeof bilinear): WindowKernel =>
  ({ images: { shape, values } }, { size, ...options }) => ({
    shape: [shape[0], ...size, shape[3]],
    values: resize(values, shape, size, sampling, options as Resizing),
  });

const ofResized =
  (sampling: typeof bilinear): WindowKernel =>
  ({ images: { shape }, dy }, options) => ({
    shape,
    values: resizeGradient(dy.values, shape, dy.shape.slice(1, 3), sampling, options as Resizing),
  });

export const windowKernels = {
  Dilation2D: ({ x, filter }, attributes) => {
    const windows = dilationWindows(x, filter, attributes);
    return { shape: windows.shape, values: dilation(x.values, filter.values, windows) };
  },
  Dilation2DBackpropInput: ofDilation('pixels'),
  Dilation2DBackpropFilter: ofDilation('weights'),
  ResizeBilinear: resized(bilinear),
  ResizeBilinearGrad: ofResized(bilinear),
  ResizeNearestNeighbor: resized(nearest),
  ResizeNearestNeighborGrad: ofResized(nearest),
  Conv2D: forward(convolution),
  Conv2DBackpropInput: byInput(inputGradient),
  Conv2DBackpropFilter: byFilter(filterGradient),
  Conv3D: forward(convolution),
  Conv3DBackpropInputV2: byInput(inputGradient),
  Conv3DBackpropFilterV2: byFilter(filterGradient),
  DepthwiseConv2dNative: forward(depthwise, true),
  DepthwiseConv2dNativeBackpropInput: byInput(depthwiseInputGradient, true),
  DepthwiseConv2dNativeBackpropFilter: byFilter(depthwiseFilterGradient, true),
  MaxPool: pool(maxPool),
  MaxPoolGrad: ofMaxPool,
  MaxPool3D: pool(maxPool),
  MaxPool3DGrad: ofMaxPool,
  AvgPool: pool(averagePool),
  AvgPoolGrad: ofAveragePool,
  AvgPool3D: pool(averagePool),
  AvgPool3DGrad: ofAveragePool,
} satisfies Record<string, WindowKernel>;
