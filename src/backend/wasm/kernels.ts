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
  numbersIn,
  subtract,
} from './elementwise.ts';
import { emptyReduction, sum } from './reductions.ts';
import {
  convolvePooled,
  reluGradient,
  maxIndicesFilterGradient,
  maxIndicesInputGradient,
} from './pooled-convolution.ts';
import { columnSums, product, type Transposition } from './products.ts';
import { asMatrix, gather, slice, tile, withRows } from './rows.ts';
import { sequenceKernels } from './sequence.ts';
import { type Attributes, poolWindows, windowKernels } from '../windows/kernels.ts';
import { maxIndicesOf } from '../windows/pooling.ts';
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

/** Of whole numbers and truths: the package has no such kernel, or reads and writes them as floats, beside their memory. */
const ofWhole =
  (operation: (value: number) => number, ofFloats?: Kernel): Kernel =>
  (assembly, inputs, attributes, original) =>
    inputs.x.dtype === 'float32'
      ? ofFloats?.(assembly, inputs, attributes, original)
      : elementByElement(assembly, inputs.x, operation);

/** Functions whose values are fractions, or truths: of other numbers than floats, those of the same floats. */
const ofFractions: Kernel = (assembly, { x }, attributes, original) => {
  if (x.dtype === 'float32') return undefined;
  const floats = elementByElement(assembly, x, (value) => value, 'float32');
  const { backend } = assembly;
  const result = original({ inputs: { x: floats }, backend, attrs: attributes });
  backend.disposeData(floats.dataId);
  return result;
};
const fractions =
  'Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Expm1 Floor IsFinite IsInf IsNan LeakyRelu Log Log1p ' +
  'Reciprocal Rsqrt Selu Sigmoid Sin Sinh Softplus Sqrt Tan Tanh';

const kernels: Record<string, Kernel> = {
  ...Object.fromEntries(fractions.split(' ').map((name) => [name, ofFractions])),
  Abs: ofWhole(Math.abs),
  ClipByValue: (assembly, { x }, limits: { clipValueMin: number; clipValueMax: number }) =>
    x.dtype === 'float32'
      ? clip(assembly, x, limits.clipValueMin, limits.clipValueMax)
      : elementByElement(assembly, x, (value) =>
          Math.min(Math.max(value, limits.clipValueMin), limits.clipValueMax),
        ),
  Round: ofWhole((x) => x),
  Sign: (assembly, { x }) => elementByElement(assembly, x, Math.sign),
  Square: ofWhole(
    (x) => x * x,
    (assembly, { x }) => multiply(assembly, x, x),
  ),
  Relu: ofWhole(
    (x) => Math.max(x, 0),
    (assembly, { x }) => clip(assembly, x, 0, Infinity),
  ),
  Relu6: ofWhole(
    (x) => Math.min(Math.max(x, 0), 6),
    (assembly, { x }) => clip(assembly, x, 0, 6),
  ),
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
  // The package takes another alpha where alpha lacks a dimension in the middle.
  Prelu: (assembly, { x, alpha }) =>
    broadcast(assembly, x, alpha, (z, slope) => (z < 0 ? slope * z : z), 'float32'),
  Cast: castToBool,
  Reverse: ofBool,
  Select: selectTruths,
  PadV2: padWithNaN,
  StridedSlice: stridedSliceOfWhole,
  ...Object.fromEntries(
    'Atan2 FloorDiv Mod Neg RealDiv Step TopK'.split(' ').map((name) => [name, refuseBool(name)]),
  ),
  Dilation2D: byDefinition('Dilation2D'),
  Dilation2DBackpropInput: byDefinition('Dilation2DBackpropInput'),
  Dilation2DBackpropFilter: byDefinition('Dilation2DBackpropFilter'),
  ResizeBilinearGrad: withOptions('ResizeBilinearGrad'),
  ResizeNearestNeighborGrad: withOptions('ResizeNearestNeighborGrad'),
  Cumsum: withPositiveAxis,
  Cumprod: withPositiveAxis,
  Tile: tile,
  GatherV2: gather,
  Slice: slice,
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
  MaxPoolWithArgmax: maxPoolWithArgmax,
  AvgPool: averagePool,
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
  ...sequenceKernels,
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
function castToBool(assembly: Assembly, { x }: Inputs, { dtype }: { dtype: string }): TensorInfo | undefined {
  if (dtype !== 'bool' || x.dtype === 'bool') return undefined;
  return elementByElement(assembly, x, (value) => Number(value !== 0), 'bool');
}

/** The package moves four bytes a truth, of which each has one. */
function ofBool(
  assembly: Assembly,
  { x }: Inputs,
  attributes: never,
  original: KernelFunc,
): TensorInfo | undefined {
  if (x.dtype !== 'bool') return undefined;
  const { backend } = assembly;
  const floats = elementByElement(assembly, x, (value) => value, 'float32');
  const result = original({ inputs: { x: floats }, backend, attrs: attributes }) as TensorInfo;
  const truths = elementByElement(assembly, result, (value) => value, 'bool');
  for (const { dataId } of [floats, result]) backend.disposeData(dataId);
  return truths;
}

/** The package selects four bytes a truth, too. */
function selectTruths(assembly: Assembly, { condition, t, e }: Inputs): TensorInfo | undefined {
  if (t.dtype !== 'bool') return undefined;
  const out = assembly.backend.makeOutput(t.shape, 'bool');
  const [result, chosen, yes, no] = [out, condition, t, e].map((x) => numbersIn(assembly, x));
  // The condition has the shape of the others, or one entry for each of their rows.
  const perEntry = yes.length / chosen.length;
  for (let i = 0; i < result.length; i++) result[i] = (chosen[Math.floor(i / perEntry)] ? yes : no)[i];
  return out;
}

/** The package leaves the results as they were in memory. */
function refuseBool(name: string): Kernel {
  return (_, { x, a = x }) => {
    if (a.dtype === 'bool') throw new InputError(`${name} on wasm takes no bool: use tf.cast(x, 'float32')`);
    return undefined;
  };
}

/** The package pads with 0 in the place of NaN. */
function padWithNaN(
  { backend }: Assembly,
  { x }: Inputs,
  { paddings, constantValue }: { paddings: number[][]; constantValue: number },
  original: KernelFunc,
): TensorInfo | undefined {
  if (!Number.isNaN(constantValue) || x.dtype !== 'float32') return undefined;
  const run = (name: string, inputs: Inputs) =>
    tf.getKernel(name, 'wasm').kernelFunc({ inputs, backend, attrs: {} }) as TensorInfo;
  const ones = run('OnesLike', { x });
  const [a, b] = [x, ones].map(
    (each) => original({ inputs: { x: each }, backend, attrs: { paddings, constantValue: 0 } }) as TensorInfo,
  );
  const quotients = run('RealDiv', { a, b });
  for (const { dataId } of [ones, a, b]) backend.disposeData(dataId);
  return quotients;
}

/** The package calls the numbers of any slice floats. */
function stridedSliceOfWhole(
  assembly: Assembly,
  { x }: Inputs,
  attributes: Record<'begin' | 'end' | 'strides', number[]> &
    Record<`${'begin' | 'end' | 'ellipsis' | 'newAxis' | 'shrinkAxis'}Mask`, number>,
): TensorInfo | undefined {
  if (x.dtype === 'float32') return undefined;
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const info = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const out = assembly.backend.makeOutput(info.finalShape, x.dtype as 'int32');
  const [from, to] = [numbersIn(assembly, x), numbersIn(assembly, out)];
  const [steps, places] = [x.shape, info.finalShapeSparse].map((shape) =>
    tf.util.computeStrides([...shape, 1]),
  );
  for (let i = 0; i < to.length; i++) {
    let [rest, source] = [i, 0];
    places.forEach((size, d) => {
      source += (info.begin[d] + Math.floor(rest / size) * info.strides[d]) * steps[d];
      rest %= size;
    });
    to[i] = from[source];
  }
  return out;
}

/** The package takes a number near 0 for the maximum of negative numbers, as `MaxPool3D` does. */
function maxPoolWithArgmax(
  assembly: Assembly,
  { x }: Inputs,
  attributes: Attributes & { includeBatchInIndex: boolean },
): TensorInfo[] {
  requireFloat32('MaxPoolWithArgmax', x);
  const { backend } = assembly;
  const windows = poolWindows(x.shape, attributes);
  const numbers = numbersOf(assembly, x);
  const places = maxIndicesOf(numbers, windows);
  const maxima = Float32Array.from(places, (place) => numbers[place]);
  const perPicture = attributes.includeBatchInIndex ? Infinity : numbers.length / windows.batch;
  const [result, indices] = (['float32', 'int32'] as const).map((dtype) =>
    backend.makeOutput(windows.shape, dtype),
  );
  numbersIn(assembly, result).set(maxima);
  numbersIn(assembly, indices).set(places.map((place) => place % perPicture));
  return [result, indices];
}

/** The package takes −∞ for the mean of numbers with a NaN. */
function averagePool(assembly: Assembly, { x }: Inputs, attributes: Attributes): TensorInfo | undefined {
  if (tf.util.sizeFromShape(x.shape) === 0) return undefined;
  const sums = columnSums(assembly, asMatrix(x));
  const isFinite = numbersOf(assembly, sums).every(Number.isFinite);
  assembly.backend.disposeData(sums.dataId);
  return isFinite ? undefined : byDefinition('AvgPool')(assembly, { x }, attributes);
}

/** The package ignores `halfPixelCenters`, and with `alignCorners` divides by 0 where a side has one pixel. */
function withOptions(name: 'ResizeBilinearGrad' | 'ResizeNearestNeighborGrad'): Kernel {
  return (assembly, inputs, attributes: Attributes) =>
    attributes.halfPixelCenters || attributes.alignCorners
      ? byDefinition(name)(assembly, inputs, attributes)
      : undefined;
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
