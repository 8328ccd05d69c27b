/**
 * Kernels that are seldom needed, or that the package lacks or has wrong, in plain loops over the memory.
 */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import { type Assembly, assemblyOf } from './assembly.ts';
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  refuseWholeNumbers,
} from './convolution.ts';
import { type Activated, add, addScaled, finished, multiply, subtract } from './elementwise.ts';
import {
  convolvePooled,
  reluGradient,
  maxIndicesFilterGradient,
  maxIndicesInputGradient,
} from './pooled-convolution.ts';
import { maxPool, maxPoolGradient } from './pooling.ts';
import { product, type Transposition } from './products.ts';
import { gather, sumOfLeading, tile, withRows } from './rows.ts';
import { type Attributes, windowKernels } from '../windows/kernels.ts';
import { InputError } from '../../utils/errors.ts';

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

type Inputs = Record<string, TensorInfo>;

/** `undefined` leaves a call to the package's kernel, if it has one. */
type Kernel = (
  assembly: Assembly,
  inputs: Inputs,
  attributes: never,
) => TensorInfo | TensorInfo[] | undefined;

const kernels: Record<string, Kernel> = {
  BatchMatMul: (assembly, { a, b }, transposition: Transposition) =>
    product(assembly, a, b, undefined, transposition),
  _FusedMatMul: fusedMatMul,
  Sum: (assembly, { x }, attributes: Parameters<typeof sumOfLeading>[2]) =>
    sumOfLeading(assembly, x, attributes),
  Add: (assembly, { a, b }) => withRows(add)(assembly, a, b),
  Sub: (assembly, { a, b }) => withRows(subtract)(assembly, a, b),
  Multiply: (assembly, { a, b }) => withRows(multiply)(assembly, a, b),
  Square: (assembly, { x }) => multiply(assembly, x, x),
  Tile: (assembly, { x }, attributes: { reps: number[] }) => tile(assembly, x, attributes),
  GatherV2: (assembly, { x, indices }, attributes: { axis: number; batchDims: number }) =>
    gather(assembly, x, indices, attributes),
  // The package copies; TensorFlow.js's gradients ask for copies of all data, which may share its memory.
  Identity({ backend }, { x: { dataId, shape, dtype } }) {
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  },

  Conv2D: (assembly, { x, filter }, attributes: Attributes) =>
    channelsFirst(attributes) ? undefined : convolve(assembly, x, filter, attributes),
  FusedConv2D: fusedConvolution,
  Conv2DBackpropInput: (assembly, { dy, filter }, attributes: Attributes) =>
    channelsFirst(attributes) ? undefined : convolutionInputGradient(assembly, dy, filter, attributes),
  Conv2DBackpropFilter: (assembly, { x, dy }, attributes: Attributes) =>
    convolutionFilterGradient(assembly, x, dy, attributes),
  MaxPool: (assembly, { x }, attributes: Attributes) => maxPool(assembly, x, attributes),
  MaxPoolGrad: (assembly, { dy, input }, attributes: Attributes) =>
    maxPoolGradient(assembly, dy, input, attributes),
  AvgPoolGrad: byDefinition('AvgPoolGrad'),
  AvgPool3DGrad: byDefinition('AvgPool3DGrad'),
  MaxPool3D: byDefinition('MaxPool3D'),
  MaxPool3DGrad: byDefinition('MaxPool3DGrad'),
  Conv3DBackpropInputV2: byDefinition('Conv3DBackpropInputV2'),
  DepthwiseConv2dNativeBackpropInput: (assembly, { dy, filter }, attributes: Attributes) =>
    depthwiseInputGradient(assembly, dy, filter, attributes),
  DepthwiseConv2dNativeBackpropFilter: (assembly, { x, dy }, attributes: Attributes) =>
    depthwiseFilterGradient(assembly, x, dy, attributes),
  UnsortedSegmentSum: (assembly, { x, segmentIds }, attributes: { numSegments: number }) =>
    unsortedSegmentSum(assembly, x, segmentIds, attributes),

  // Those that only the zoo knows.
  AddScaled: (assembly, { a, b }, { factor }: { factor: number }) => addScaled(factor)(assembly, a, b),
  PooledConvolution: (assembly, { x, filter, bias }) => convolvePooled(assembly, x, filter, bias),
  PooledConvolutionFilterGradient: (assembly, { x, maxIndices, dy }, { filterShape }: Attributes) =>
    maxIndicesFilterGradient(assembly, x, maxIndices, dy, filterShape),
  PooledConvolutionInputGradient: (assembly, { filter, maxIndices, dy }, { inputShape }: Attributes) =>
    maxIndicesInputGradient(assembly, filter, maxIndices, dy, inputShape),
  ReluGradient: (assembly, { dy, y }) => reluGradient(assembly, dy, y),
};

const channelsFirst = ({ dataFormat }: Attributes): boolean => dataFormat === 'NCHW';

function fusedMatMul(
  assembly: Assembly,
  { a, b, bias, preluActivationWeights }: Inputs,
  attributes: Transposition & Activated,
): TensorInfo {
  const outputs = b.shape.at(attributes.transposeB ? -2 : -1);
  const isRow = bias?.shape.length === 1 && bias.shape[0] === outputs;
  const sums = product(assembly, a, b, isRow ? bias : undefined, attributes);
  return finished(assembly, sums, attributes, {
    bias: isRow ? undefined : bias,
    upstream: preluActivationWeights,
  });
}

function fusedConvolution(
  assembly: Assembly,
  { x, filter, bias, preluActivationWeights }: Inputs,
  attributes: Attributes & Activated,
): TensorInfo | undefined {
  if (channelsFirst(attributes)) return undefined;
  const isRow = bias?.shape.length === 1 && bias.shape[0] === filter.shape[3];
  const relu = attributes.activation === 'relu' && (isRow || !bias);
  const sums = convolve(assembly, x, filter, attributes, { bias: isRow ? bias : undefined, relu });
  return finished(assembly, sums, relu ? {} : attributes, {
    bias: isRow ? undefined : bias,
    upstream: preluActivationWeights,
  });
}

const ours = new WeakSet<KernelFunc>();

const isOurs = (name: string): boolean => {
  const kernel = tf.getKernel(name, 'wasm');
  return kernel ? ours.has(kernel.kernelFunc) : false;
};

/** Registers our kernels, most of them in the place of the package's, which must have been loaded. Once is enough. */
export function replaceKernels(): void {
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (isOurs(kernelName)) continue;
    const original = tf.getKernel(kernelName, 'wasm');
    const kernelFunc: KernelFunc = (call) => {
      const made = kernel(assemblyOf(call.backend), call.inputs as Inputs, call.attrs as never);
      if (made) return made;
      if (original) return original.kernelFunc(call);
      throw new Error(`${kernelName} on wasm takes no such tensors`);
    };
    ours.add(kernelFunc);
    if (original) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...original, kernelName, backendName: 'wasm', kernelFunc });
  }
}
