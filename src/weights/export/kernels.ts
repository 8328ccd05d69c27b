/** Each kernel of TensorFlow.js that models use forward, and ours that fuse several, in plain steps. */
import { anyRows, binary, largestEnd, unary, type Attributes, type GraphBuilder, type Op } from './graph.ts';
import { InputError } from '../../utils/errors.ts';
import { tf } from '../../utils/tf.ts';

/** A kernel with the names of its inputs. */
export interface NamedCall {
  kernel: string;
  inputs: Record<string, string>;
  attributes: Record<string, unknown>;
  /** Shapes of its outputs. */
  shapes: number[][];
}

/** @returns the names of its outputs, as far as they can be had */
type InSteps = (call: NamedCall, graph: GraphBuilder) => string | string[];

const refuse = (why: string): never => {
  throw new InputError(
    `The model cannot be exported whole: ${why}; --format json, npz and safetensors hold its parameters.`,
  );
};

/** @throws InputError for a kernel that has no counterpart */
export function addPlainSteps(call: NamedCall, graph: GraphBuilder): string[] {
  const inSteps = table[call.kernel];
  if (!inSteps) return refuse(`it computes ${call.kernel}, which the format has no steps for`);
  return [inSteps(call, graph)].flat();
}

const one =
  (op: Op, read: (attributes: never) => Attributes = () => ({})): InSteps =>
  ({ inputs, attributes, shapes }, graph) =>
    graph.add(op, Object.values(inputs), shapes[0], read(attributes as never));

/** What the output's shape alone tells. */
const reshape: InSteps = ({ inputs, shapes }, graph) => {
  const [shape] = shapes;
  if (shape.filter((length) => length === anyRows).length > 1) refuse('it lays the batch along two axes');
  return graph.add('reshape', Object.values(inputs).slice(0, 1), shape, { shape });
};

const reduction =
  (op: Op): InSteps =>
  ({ inputs, attributes, shapes }, graph) => {
    const rank = graph.shapes[inputs.x].length;
    const { axis = graph.shapes[inputs.x].map((_, i) => i), keepDims = false } = attributes as {
      axis?: number | number[];
      keepDims?: boolean;
    };
    const axes = [axis].flat().map((each) => (each + rank) % rank);
    return graph.add(op, [inputs.x], shapes[0], { axes, keep: keepDims });
  };

interface Product {
  transposeA?: boolean;
  transposeB?: boolean;
}

const turned = (matrix: string, isTurned: boolean | undefined, graph: GraphBuilder): string => {
  const shape = graph.shapes[matrix];
  if (shape.length !== 2 && !graph.takesTokens) refuse('it multiplies tensors that are not matrices');
  if (!isTurned) return matrix;
  const constant = graph.constants[matrix];
  if (!constant || shape.length !== 2) {
    const order = [...shape.keys()];
    order.push(...order.splice(-2).toReversed());
    return graph.add(
      'transpose',
      [matrix],
      order.map((d) => shape[d]),
      { order },
    );
  }
  const [rows, columns] = shape;
  const values = constant.values.map((_, i) => constant.values[(i % rows) * columns + Math.floor(i / rows)]);
  return graph.constant(matrix, { shape: [columns, rows], values });
};

const matMul: InSteps = ({ inputs, attributes, shapes }, graph) => {
  const { transposeA, transposeB } = attributes as Product;
  const a = turned(inputs.a, transposeA, graph);
  const b = turned(inputs.b, transposeB, graph);
  return graph.add('matMul', [a, b], shapes[0]);
};

const activations = ['relu', 'sigmoid', 'elu'] as const;

/** x where it is positive, else α·x. */
const leaky = (graph: GraphBuilder, x: string, shape: number[], alpha: number): string => {
  const scaled = graph.add('multiply', [x, graph.number(alpha)], shape);
  return graph.add(alpha <= 1 ? 'maximum' : 'minimum', [x, scaled], shape);
};

/** Bias and activation after a product. */
const fused =
  (product: InSteps): InSteps =>
  (call, graph) => {
    const { inputs, attributes, shapes } = call;
    const { activation = 'linear', leakyreluAlpha = 0.2 } = attributes as {
      activation?: string;
      leakyreluAlpha?: number;
    };
    const sum = product(call, graph) as string;
    const biased = inputs.bias ? graph.add('add', [sum, inputs.bias], shapes[0]) : sum;
    if (activation === 'linear') return biased;
    if (activation === 'relu6') return graph.add('clip', [biased], shapes[0], { low: 0, high: 6 });
    if (activation === 'leakyrelu') return leaky(graph, biased, shapes[0], leakyreluAlpha);
    const op =
      activations.find((known) => known === activation) ??
      refuse(`it has the fused activation ${activation}`);
    return graph.add(op, [biased], shapes[0]);
  };

const piece = (x: string, begin: number[], shape: number[], graph: GraphBuilder): string => {
  const end = shape.map((length, d) => (length === anyRows ? largestEnd : begin[d] + length));
  return graph.add('slice', [x], shape, { begin, end });
};

const slice: InSteps = ({ inputs: { x }, attributes, shapes: [shape] }, graph) => {
  const given = [attributes.begin as number | number[]].flat();
  const begin = shape.map((_, d) => given[d] ?? 0);
  return piece(x, begin, shape, graph);
};

const split: InSteps = ({ inputs: { x }, attributes, shapes }, graph) => {
  const axis = ((attributes.axis as number) + shapes[0].length) % shapes[0].length;
  let start = 0;
  return shapes.map((shape) => {
    const begin = shape.map((_, d) => (d === axis ? start : 0));
    start += shape[axis];
    return piece(x, begin, shape, graph);
  });
};

const concat: InSteps = ({ inputs, attributes, shapes: [shape] }, graph) =>
  graph.add('concat', Object.values(inputs), shape, {
    axis: ((attributes.axis as number) + shape.length) % shape.length,
  });

const gather: InSteps = ({ inputs: { x, indices }, attributes, shapes: [shape] }, graph) => {
  const isOfTokens = graph.takesTokens && x in graph.constants && !(indices in graph.constants);
  if (!isOfTokens || attributes.axis !== 0) refuse('it gathers other things than rows of a table by tokens');
  return graph.add('gather', [x, indices], shape);
};

const select: InSteps = ({ inputs: { condition, t, e }, shapes: [shape] }, graph) =>
  graph.takesTokens
    ? graph.add('select', [condition, t, e], shape)
    : refuse('it chooses between values, as tf.where does');

const softmax: InSteps = ({ inputs: { logits }, attributes, shapes: [shape] }, graph) => {
  const { dim = -1 } = attributes as { dim?: number };
  if (dim !== -1 && dim !== shape.length - 1) refuse('it takes a softmax along another axis than the last');
  return graph.add('softmax', [logits], shape);
};

const squaredDifference: InSteps = ({ inputs: { a, b }, shapes: [shape] }, graph) =>
  graph.add('square', [graph.add('subtract', [a, b], shape)], shape);

const sumOfAll: InSteps = ({ inputs, shapes: [shape] }, graph) =>
  Object.values(inputs).reduce((sum, term) => graph.add('add', [sum, term], shape));

const likeInput =
  (value: number): InSteps =>
  ({ inputs: { x }, shapes: [shape] }, graph) => {
    const zeros = graph.add('multiply', [x, graph.number(0)], shape);
    return value === 0 ? zeros : graph.add('add', [zeros, graph.number(value)], shape);
  };

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

type WindowInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

const placesOf = ({ strideHeight, strideWidth, padInfo: { top, left, bottom, right } }: WindowInfo) => ({
  strides: [strideHeight, strideWidth],
  pads: [top, left, bottom, right],
});

const convolution: InSteps = ({ inputs, attributes }, graph) => {
  const { strides, pad, dataFormat = 'NHWC', dilations = 1, ...rest } = attributes as unknown as Window;
  if (dataFormat !== 'NHWC' || [dilations].flat().some((step) => step !== 1))
    refuse('it has a convolution with dilations or with channels first');
  const { x, filter } = inputs;
  const shape = asOnePicture(graph.shapes[x]);
  const filters = graph.shapes[filter] as typeof shape;
  const info = tf.backend_util.computeConv2DInfo(shape, filters, strides, 1, pad, rest.dimRoundingMode);
  return graph.add('convolution', [x, filter], [anyRows, ...info.outShape.slice(1)], placesOf(info));
};

const pool =
  (op: 'maxPool' | 'averagePool'): InSteps =>
  ({ inputs, attributes }, graph) => {
    const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as Window;
    const shape = asOnePicture(graph.shapes[inputs.x]);
    const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    return graph.add(op, [inputs.x], [anyRows, ...info.outShape.slice(1)], {
      size: [info.filterHeight, info.filterWidth],
      ...placesOf(info),
    });
  };

/** Our fused kernel; the maxIndices' places, its second output, are for the way back alone. */
const pooledConvolution: InSteps = (call, graph) => {
  const plain = { ...call.attributes, strides: 1, pad: 'valid', filterSize: 2 };
  const sums = convolution({ ...call, attributes: plain }, graph) as string;
  const shape = graph.shapes[sums];
  const biased = graph.add('add', [sums, call.inputs.bias], shape);
  const pooling = { ...plain, strides: 2 };
  const pooled = pool('maxPool')({ ...call, inputs: { x: biased }, attributes: pooling }, graph);
  return graph.add('relu', [pooled as string], call.shapes[0]);
};

/** Kernels that take a row for a batch of equal rows. */
export const broadcasts = (kernel: string): boolean =>
  kernel === 'Select' || Object.values(binary).some((step) => step.kernel === kernel);

const elementwise = Object.entries({ ...unary, ...binary });

const table: Record<string, InSteps | undefined> = {
  ...Object.fromEntries(elementwise.map(([op, { kernel }]) => [kernel, one(op as Op)])),
  // Values that are equal in double precision may differ in single precision.
  Equal: undefined,
  Relu6: one('clip', () => ({ low: 0, high: 6 })),
  ClipByValue: one('clip', ({ clipValueMin, clipValueMax }: Record<string, number>) => ({
    low: clipValueMin,
    high: clipValueMax,
  })),
  LeakyRelu: ({ inputs: { x }, attributes, shapes: [shape] }, graph) =>
    leaky(graph, x, shape, attributes.alpha as number),
  AddN: sumOfAll,
  SquaredDifference: squaredDifference,
  OnesLike: likeInput(1),
  ZerosLike: likeInput(0),
  BatchMatMul: matMul,
  _FusedMatMul: fused(matMul),
  Conv2D: convolution,
  FusedConv2D: fused(convolution),
  PooledConvolution: pooledConvolution,
  MaxPool: pool('maxPool'),
  AvgPool: pool('averagePool'),
  Transpose: one('transpose', ({ perm }: { perm: number[] }) => ({ order: perm })),
  Reshape: reshape,
  ExpandDims: reshape,
  Concat: concat,
  GatherV2: gather,
  Select: select,
  Slice: slice,
  SplitV: split,
  Softmax: softmax,
  Sum: reduction('sum'),
  Mean: reduction('mean'),
  Max: reduction('max'),
  Min: reduction('min'),
};
