/** Runs a graph with TensorFlow.js, so that what every format is written from can be compared with the model. */
import { tensorOf } from '../../utils/tensors.ts';
import { tf, type Tensor, type Tensor4D } from '../../utils/tf.ts';
import type { Attributes, Graph, Op } from './graph.ts';

type Operation = (inputs: Tensor[], attributes: Attributes) => Tensor;

const reduction =
  (reduce: (x: Tensor, axes: number[], keep: boolean) => Tensor): Operation =>
  ([x], { axes, keep }) =>
    reduce(x, axes as number[], keep as boolean);

/** `[batch, height, width, channels]` with the filling around each picture. */
const padded = (x: Tensor, { pads }: Attributes, filling: number): Tensor4D => {
  const [top, left, bottom, right] = pads as number[];
  return tf.pad(
    x as Tensor4D,
    [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    filling,
  );
};

const windows = ({ size, strides }: Attributes) =>
  [size as [number, number], strides as [number, number], 'valid'] as const;

/** Below every value that a layer computes; −∞ would turn into NaN where it meets 0. */
const lowest = -1e300;

const operations: Record<Op, Operation> = {
  abs: ([x]) => tf.abs(x),
  elu: ([x]) => tf.elu(x),
  exp: ([x]) => tf.exp(x),
  log: ([x]) => tf.log(x),
  negative: ([x]) => tf.neg(x),
  reciprocal: ([x]) => tf.reciprocal(x),
  relu: ([x]) => tf.relu(x),
  sigmoid: ([x]) => tf.sigmoid(x),
  sign: ([x]) => tf.sign(x),
  softmax: ([x]) => tf.softmax(x),
  softplus: ([x]) => tf.softplus(x),
  sqrt: ([x]) => tf.sqrt(x),
  square: ([x]) => tf.square(x),
  tanh: ([x]) => tf.tanh(x),
  clip: ([x], { low, high }) => tf.clipByValue(x, low as number, high as number),
  add: ([a, b]) => tf.add(a, b),
  subtract: ([a, b]) => tf.sub(a, b),
  multiply: ([a, b]) => tf.mul(a, b),
  divide: ([a, b]) => tf.div(a, b),
  maximum: ([a, b]) => tf.maximum(a, b),
  minimum: ([a, b]) => tf.minimum(a, b),
  power: ([a, b]) => tf.pow(a, b),
  equal: ([a, b]) => tf.cast(tf.equal(a, b), 'float32'),
  matMul: ([a, b]) => tf.matMul(a, b),
  transpose: ([x], { order }) => tf.transpose(x, order as number[]),
  reshape: ([x], { shape }) => tf.reshape(x, shape as number[]),
  concat: (inputs, { axis }) => tf.concat(inputs, axis as number),
  slice([x], { begin, end }) {
    const [starts, ends] = [begin, end] as number[][];
    return tf.slice(
      x,
      starts,
      x.shape.map((length, axis) => Math.min(length, ends[axis]) - starts[axis]),
    );
  },
  sum: reduction((x, axes, keep) => tf.sum(x, axes, keep)),
  mean: reduction((x, axes, keep) => tf.mean(x, axes, keep)),
  max: reduction((x, axes, keep) => tf.max(x, axes, keep)),
  min: reduction((x, axes, keep) => tf.min(x, axes, keep)),
  convolution: ([x, filters], attributes) =>
    tf.conv2d(padded(x, attributes, 0), filters as Tensor4D, attributes.strides as [number, number], 'valid'),
  maxPool: ([x], attributes) => tf.maxPool(padded(x, attributes, lowest), ...windows(attributes)),
  averagePool([x], attributes) {
    // The mean of the values inside the picture: the padding does not count.
    const [sums, counts] = [x, tf.onesLike(x)].map((each) =>
      tf.avgPool(padded(each, attributes, 0), ...windows(attributes)),
    );
    return tf.div(sums, counts);
  },
};

/**
 * @param rows of numbers, as the graph's input takes them, `[rows, features]`
 * @returns the graph's output, row-major, in the precision of the active backend
 */
export function runGraph(graph: Graph, rows: number[][]): Float64Array {
  let result = new Float64Array();
  tf.tidy(() => {
    const values = new Map<string, Tensor>();
    for (const [name, { shape, values: numbers }] of Object.entries(graph.constants))
      values.set(name, tensorOf(numbers, shape));
    values.set(graph.input, tensorOf(Float64Array.from(rows.flat()), [rows.length, graph.features]));
    for (const { op, inputs, output, attributes } of graph.steps) {
      const operands = inputs.map((name) => values.get(name)!);
      values.set(output, operations[op](operands, attributes));
    }
    result = Float64Array.from(values.get(graph.output)!.dataSync());
  });
  return result;
}
