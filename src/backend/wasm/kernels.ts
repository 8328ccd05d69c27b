/** The kernels of the wasm backend that replace those of the package, or that it lacks. */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import { einsumKernel, registerMissingGradients } from '../einsum.ts';
import { type Assembly, assemblyOf, type Inputs } from './assembly.ts';
import {
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  maxPool,
  maxPoolGradient,
  requireFloat32,
} from './convolution.ts';
import {
  type Activated,
  add,
  addScaled,
  broadcast,
  clip,
  type Elementwise,
  elementByElement,
  extreme,
  finished,
  multiply,
  subtract,
} from './elementwise.ts';
import { emptyReduction, sum } from './reductions.ts';
import {
  convolvePooled,
  reluGradient,
  maxIndicesFilterGradient,
  maxIndicesInputGradient,
} from './pooled-convolution.ts';
import { product, type Transposition } from './products.ts';
import { gather, tile, withRows } from './rows.ts';
import { type Attributes, windowKernels } from '../windows/kernels.ts';
import { InputError } from '../../utils/errors.ts';

const numbersOf = ({ numbersAt, addressOf }: Assembly, x: TensorInfo): Float32Array =>
  numbersAt(addressOf(x), tf.util.sizeFromShape(x.shape));

/** One of the kernels that slide windows, by its definition. */
export const byDefinition =
  (name: keyof typeof windowKernels) =>
  (assembly: Assembly, inputs: Inputs, attributes: Attributes): TensorInfo => {
    requireFloat32(name, ...Object.values(inputs));
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
 * @param inputs x `[…ids, …inner]`, and segmentIds, whole numbers; what has a negative one is left out
 */
function unsortedSegmentSum(
  assembly: Assembly,
  { x, segmentIds }: Inputs,
  { numSegments }: { numSegments: number },
): TensorInfo {
  requireFloat32('unsortedSegmentSum', x);
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

/** `undefined` leaves a call to the package's kernel, if it has one. */
type Kernel = (
  assembly: Assembly,
  inputs: Inputs,
  attributes: never,
  original: KernelFunc,
) => TensorInfo | TensorInfo[] | undefined;

/** An elementwise kernel of two inputs. Made once, because these run thousands of times a second. */
const binary = (operation: Elementwise): Kernel => {
  const whole = withRows(operation);
  return (assembly, { a, b }) => whole(assembly, a, b);
};

const [maximum, minimum] = [withRows(extreme(true)), withRows(extreme(false))];

const kernels: Record<string, Kernel> = {
  BatchMatMul: (assembly, { a, b }, transposition: Transposition) =>
    product(assembly, a, b, undefined, transposition),
  _FusedMatMul: fusedMatMul,
  Sum: sum,
  Mean: emptyReduction(NaN),
  Prod: emptyReduction(1),
  Max: emptyReduction(-Infinity),
  Min: emptyReduction(Infinity),
  All: emptyReduction(1),
  Any: emptyReduction(0),
  Add: binary(add),
  Sub: binary(subtract),
  Multiply: binary(multiply),
  Maximum: (assembly, { a, b }) => maximum(assembly, a, b) ?? broadcast(assembly, a, b, Math.max),
  Minimum: (assembly, { a, b }) => minimum(assembly, a, b) ?? broadcast(assembly, a, b, Math.min),
  Relu: (assembly, { x }) => clip(assembly, x, 0, Infinity),
  Relu6: (assembly, { x }) => clip(assembly, x, 0, 6),
  ClipByValue: (assembly, { x }, limits: { clipValueMin: number; clipValueMax: number }) =>
    clip(assembly, x, limits.clipValueMin, limits.clipValueMax),
  // The package takes another alpha where alpha lacks a dimension in the middle.
  Prelu: (assembly, { x, alpha }) => broadcast(assembly, x, alpha, (z, slope) => (z < 0 ? slope * z : z)),
  Sign: (assembly, { x }) => elementByElement(assembly, x, Math.sign),
  Cast: castToBool,
  Cumsum: withPositiveAxis,
  Cumprod: withPositiveAxis,
  Square: (assembly, { x }) => multiply(assembly, x, x),
  Tile: tile,
  GatherV2: gather,
  // The package copies; TensorFlow.js's gradients ask for copies of all data, which may share its memory.
  Identity({ backend }, { x: { dataId, shape, dtype } }) {
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  },

  Conv2D: (assembly, { x, filter }, attributes: Attributes) => convolve(assembly, { x, filter }, attributes),
  FusedConv2D: fusedConvolution,
  Conv2DBackpropInput: convolutionInputGradient,
  Conv2DBackpropFilter: convolutionFilterGradient,
  Conv3DBackpropFilterV2: byDefinition('Conv3DBackpropFilterV2'),
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: fusedDepthwise,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
  AvgPoolGrad: byDefinition('AvgPoolGrad'),
  AvgPool3DGrad: byDefinition('AvgPool3DGrad'),
  MaxPool3D: byDefinition('MaxPool3D'),
  MaxPool3DGrad: byDefinition('MaxPool3DGrad'),
  Conv3DBackpropInputV2: byDefinition('Conv3DBackpropInputV2'),
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  UnsortedSegmentSum: unsortedSegmentSum,
  Einsum: ({ backend }, inputs, attrs) => einsumKernel({ inputs, backend, attrs }),

  // Kernels that only the zoo has.
  AddScaled: (assembly, { a, b }, { factor }: { factor: number }) => addScaled(factor)(assembly, a, b),
  PooledConvolution: convolvePooled,
  PooledConvolutionFilterGradient: maxIndicesFilterGradient,
  PooledConvolutionInputGradient: maxIndicesInputGradient,
  ReluGradient: reluGradient,
};

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
    alpha: preluActivationWeights,
  });
}

/** The package cuts off what follows the point before it asks whether a number is 0. */
function castToBool(
  { backend, addressOf, numbersAt }: Assembly,
  { x }: Inputs,
  { dtype }: { dtype: string },
): TensorInfo | undefined {
  if (dtype !== 'bool' || x.dtype !== 'float32') return undefined;
  const count = tf.util.sizeFromShape(x.shape);
  const out = backend.makeOutput(x.shape, 'bool');
  const numbers = numbersAt(addressOf(x), count);
  const truths = new Uint8Array(backend.wasm.asm.memory.buffer, addressOf(out), count);
  numbers.forEach((number, i) => (truths[i] = Number(number !== 0)));
  return out;
}

/** Where the axis counts from the end, the package writes beside its memory. */
function withPositiveAxis(
  { backend }: Assembly,
  { x }: Inputs,
  attributes: { axis: number },
  original: KernelFunc,
): TensorInfo {
  const [axis] = tf.util.parseAxisParam(attributes.axis, x.shape);
  return original({ inputs: { x }, backend, attrs: { ...attributes, axis } }) as TensorInfo;
}

/** The package returns zeros where a stride is larger than the filter, with padding `same`. */
function depthwise(
  assembly: Assembly,
  { x, filter }: Inputs,
  attributes: Attributes,
): TensorInfo | undefined {
  const { strides, pad } = attributes;
  const [strideY, strideX] = typeof strides === 'number' ? [strides, strides] : strides;
  if (pad === 'valid' || (strideY <= filter.shape[0] && strideX <= filter.shape[1])) return undefined;
  return byDefinition('DepthwiseConv2dNative')(assembly, { x, filter }, attributes);
}

function fusedDepthwise(
  assembly: Assembly,
  { x, filter, bias, preluActivationWeights: alpha }: Inputs,
  attributes: Attributes & Activated,
): TensorInfo | undefined {
  const { kernelFunc } = tf.getKernel('DepthwiseConv2dNative', 'wasm');
  const sums = kernelFunc({ inputs: { x, filter }, backend: assembly.backend, attrs: attributes as never });
  return finished(assembly, sums as TensorInfo, attributes, { bias, alpha });
}

function fusedConvolution(
  assembly: Assembly,
  { x, filter, bias, preluActivationWeights }: Inputs,
  attributes: Attributes & Activated,
): TensorInfo {
  const isRow = bias?.shape.length === 1 && bias.shape[0] === filter.shape[3];
  const relu = attributes.activation === 'relu' && (isRow || !bias);
  const sums = convolve(assembly, { x, filter, bias: isRow ? bias : undefined }, attributes, relu);
  return finished(assembly, sums, relu ? {} : attributes, {
    bias: isRow ? undefined : bias,
    alpha: preluActivationWeights,
  });
}

const ours = new WeakSet<KernelFunc>();

const isOurs = (name: string): boolean => {
  const kernel = tf.getKernel(name, 'wasm');
  return kernel ? ours.has(kernel.kernelFunc) : false;
};

/** Registers our kernels, most of them in the place of the package's, which must have been loaded. Once is enough. */
export function replaceKernels(): void {
  registerMissingGradients();
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (isOurs(kernelName)) continue;
    const original = tf.getKernel(kernelName, 'wasm');
    const kernelFunc: KernelFunc = (call) => {
      const made = kernel(
        assemblyOf(call.backend),
        call.inputs as Inputs,
        call.attrs as never,
        original?.kernelFunc,
      );
      if (made) return made;
      if (original) return original.kernelFunc(call);
      throw new Error(`${kernelName} on wasm takes no such tensors`);
    };
    ours.add(kernelFunc);
    if (original) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...original, kernelName, backendName: 'wasm', kernelFunc });
  }
}
