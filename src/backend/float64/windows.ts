/**
 * Convolutions and pooling, plain and fused with bias and activation.
 */
import { windowKernels, type Attributes, type WindowKernel } from '../windows/kernels.ts';
import { doublesOf, type Kernel, type Kernels, type NdArray } from './array.ts';
import { combine, add } from './loops.ts';
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

export const windows: Kernels = {
  ...(plain as Kernels),
  FusedConv2D: fused(plain.Conv2D),
  FusedDepthwiseConv2D: fused(plain.DepthwiseConv2dNative),
};
