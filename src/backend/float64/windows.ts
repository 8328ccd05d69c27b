/** Convolutions and pooling, plain and fused with bias and activation. */
import {
  convolvePooled,
  pooledShapes,
  maxIndicesFilterGradient,
  maxIndicesInputGradient,
} from '../windows/pooled-convolution.ts';
import { windowKernels, type Attributes, type WindowKernel } from '../windows/kernels.ts';
import { doublesOf, type Kernel, type Kernels, type NdArray, add, combine, zip } from './loops.ts';
import { activate, type Activation } from './nn.ts';

const inDoubles =
  (kernel: WindowKernel): Kernel<Attributes> =>
  (inputs, attributes) => {
    const numbers = Object.entries(inputs).map(([name, x]) => [
      name,
      { shape: x.shape, values: doublesOf(x) },
    ]);
    return { dtype: 'float32', ...kernel(Object.fromEntries(numbers) as never, attributes) };
  };

const fused =
  (kernel: Kernel<Attributes>): Kernel<Attributes & Activation> =>
  ({ x, filter, bias, preluActivationWeights }, attributes) => {
    const sums = kernel({ x, filter }, attributes) as NdArray;
    return activate(bias ? combine(sums, bias, add) : sums, attributes, preluActivationWeights);
  };

const plain = Object.fromEntries(
  Object.entries(windowKernels).map(([name, kernel]) => [name, inDoubles(kernel)]),
) as Record<keyof typeof windowKernels, Kernel<Attributes>>;

/** A convolution, its ReLU and its pooling in one, and its gradients. */
const pooled: Kernels = {
  PooledConvolution({ x, filter, bias }) {
    const shapes = pooledShapes(x.shape, filter.shape);
    const { pooled, maxIndices } = convolvePooled(doublesOf(x), doublesOf(filter), doublesOf(bias), shapes);
    return [
      { shape: shapes.pooled, dtype: 'float32', values: pooled },
      { shape: shapes.pooled, dtype: 'int32', values: maxIndices },
    ];
  },
  PooledConvolutionFilterGradient({ x, maxIndices, dy }, { filterShape }: Attributes) {
    const shapes = pooledShapes(x.shape, filterShape);
    const values = maxIndicesFilterGradient(doublesOf(x), maxIndices.values, doublesOf(dy), shapes);
    return { shape: filterShape, dtype: 'float32', values };
  },
  PooledConvolutionInputGradient({ filter, maxIndices, dy }, { inputShape }: Attributes) {
    const shapes = pooledShapes(inputShape, filter.shape);
    const values = maxIndicesInputGradient(doublesOf(filter), maxIndices.values, doublesOf(dy), shapes);
    return { shape: inputShape, dtype: 'float32', values };
  },
  ReluGradient: ({ dy, y }) => zip(dy, y, (d, value) => (value > 0 ? d : 0)),
};
export const windows: Kernels = {
  ...pooled,
  ...(plain as Kernels),
  FusedConv2D: fused(plain.Conv2D),
  FusedDepthwiseConv2D: fused(plain.DepthwiseConv2dNative),
};
