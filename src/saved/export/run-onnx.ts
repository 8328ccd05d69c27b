/** The ONNX files that are written here, run by TensorFlow.js's operations, so that what was written is what is checked. */
import { InputError } from '../../core/errors.ts';
import { tensorOf } from '../../core/tensors.ts';
import { tf, type Tensor, type Tensor4D } from '../../core/tf.ts';
import type { OnnxModel, OnnxNode } from '../formats/onnx.ts';

type Operator = (inputs: Tensor[], attributes: OnnxNode['attributes'], integers: number[][]) => Tensor;

const toLast = (x: Tensor) => tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
const toFirst = (x: Tensor): Tensor => tf.transpose(x, [0, 3, 1, 2]);

const padded = (x: Tensor, attributes: OnnxNode['attributes'], filling: number): Tensor4D => {
  const [top, left, bottom, right] = (attributes.pads as number[] | undefined) ?? [0, 0, 0, 0];
  const around: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad<Tensor4D>(toLast(x), around, filling);
};

const pair = (value: unknown): [number, number] => (value as [number, number] | undefined) ?? [1, 1];

const reduction =
  (reduce: (x: Tensor, axes: number[], keep: boolean) => Tensor): Operator =>
  ([x], { axes, keepdims = 1 }, [given]) =>
    reduce(x, given ?? (axes as number[]), keepdims === 1);

const operators: Record<string, Operator | undefined> = {
  Abs: ([x]) => tf.abs(x),
  Elu: ([x]) => tf.elu(x),
  Exp: ([x]) => tf.exp(x),
  Log: ([x]) => tf.log(x),
  Neg: ([x]) => tf.neg(x),
  Reciprocal: ([x]) => tf.reciprocal(x),
  Relu: ([x]) => tf.relu(x),
  Sigmoid: ([x]) => tf.sigmoid(x),
  Sign: ([x]) => tf.sign(x),
  Softmax: ([x]) => tf.softmax(x),
  Softplus: ([x]) => tf.softplus(x),
  Sqrt: ([x]) => tf.sqrt(x),
  Tanh: ([x]) => tf.tanh(x),
  Clip: ([x, low, high]) => tf.minimum(tf.maximum(x, low), high),
  Add: ([a, b]) => tf.add(a, b),
  Sub: ([a, b]) => tf.sub(a, b),
  Mul: ([a, b]) => tf.mul(a, b),
  Div: ([a, b]) => tf.div(a, b),
  Max: ([a, b]) => tf.maximum(a, b),
  Min: ([a, b]) => tf.minimum(a, b),
  Pow: ([a, b]) => tf.pow(a, b),
  Equal: ([a, b]) => tf.cast(tf.equal(a, b), 'float32'),
  MatMul: ([a, b]) => tf.matMul(a, b),
  Gemm: ([a, b, c], { transA, transB }) => tf.add(tf.matMul(a, b, transA === 1, transB === 1), c),
  Cast: ([x]) => x,
  Dropout: ([x]) => x,
  Flatten: ([x]) => tf.reshape(x, [x.shape[0], -1]),
  Identity: ([x]) => x,
  LogSoftmax: ([x]) => tf.logSoftmax(x),
  Concat: (inputs, { axis }) => tf.concat(inputs, axis as number),
  Gather: ([x], { axis }, [indices]) => tf.gather(x, tf.tensor1d(indices, 'int32'), axis as number),
  Pad: ([x, filling], _, [around]) => {
    const rank = x.shape.length;
    const pairs = x.shape.map((_, d) => [around[d], around[rank + d]] as [number, number]);
    return tf.pad(x, pairs, filling?.dataSync()[0] ?? 0);
  },
  Reshape: ([x], _, [shape]) => tf.reshape(x, shape),
  Slice: ([x], _, [begin, end]) =>
    tf.slice(
      x,
      begin,
      x.shape.map((length, d) => Math.min(length, end[d]) - begin[d]),
    ),
  Transpose: ([x], { perm }) => tf.transpose(x, perm as number[]),
  ReduceSum: reduction((x, axes, keep) => tf.sum(x, axes, keep)),
  ReduceMean: reduction((x, axes, keep) => tf.mean(x, axes, keep)),
  ReduceMax: reduction((x, axes, keep) => tf.max(x, axes, keep)),
  ReduceMin: reduction((x, axes, keep) => tf.min(x, axes, keep)),
  Conv([x, filters, bias], attributes) {
    // [out, in, height, width] → [height, width, in, out]
    const turned = tf.transpose(filters, [2, 3, 1, 0]) as Tensor4D;
    const sums = tf.conv2d(padded(x, attributes, 0), turned, pair(attributes.strides), 'valid');
    return toFirst(bias ? tf.add(sums, bias) : sums);
  },
  MaxPool([x], attributes) {
    const [size, strides] = [pair(attributes.kernel_shape), pair(attributes.strides)];
    return toFirst(tf.maxPool(padded(x, attributes, -1e300), size, strides, 'valid'));
  },
  AveragePool([x], attributes) {
    const [size, strides] = [pair(attributes.kernel_shape), pair(attributes.strides)];
    const ones = padded(tf.onesLike(x), attributes, 0);
    const [sums, counts] = [padded(x, attributes, 0), ones].map((each) =>
      tf.avgPool(each, size, strides, 'valid'),
    );
    return toFirst(tf.div(sums, counts));
  },
};

/** A quarter of a gigabyte in double precision. */
const mostNumbers = 2 ** 25;

/** Strangers' files may ask for more than any memory has. @throws InputError before it is taken */
function checkSize({ op, attributes }: OnnxNode, inputs: Tensor[], lists: number[][]): void {
  const [a, b] = inputs;
  const longest = (d: number) => Math.max(...inputs.map(({ shape }) => shape.at(-1 - d) ?? 1));
  const rank = Math.max(0, ...inputs.map(({ shape }) => shape.length));
  const broadcast = Array.from({ length: rank }, (_, d) => longest(d)).reduce((all, each) => all * each, 1);
  const pads = (op === 'Pad' ? lists.flat() : ((attributes.pads as number[] | undefined) ?? [])).reduce(
    (sum, pad) => sum + Math.abs(pad),
    0,
  );
  const [rows, columns] = [
    a?.shape.at(attributes.transA ? -1 : -2),
    b?.shape.at(attributes.transB ? -2 : -1),
  ];
  const product = (rows ?? 1) * (columns ?? 1);
  const sizes: Record<string, number | undefined> = {
    Concat: inputs.reduce((sum, each) => sum + each.size, 0),
    Conv: (a.size / (a.shape[1] || 1)) * (b?.shape[0] ?? 1),
    Gather: a.shape[0] * (lists[0]?.length ?? 1),
    Gemm: product,
    MatMul: product,
  };
  if ((sizes[op] ?? broadcast) * (1 + pads) ** 2 > mostNumbers)
    throw new InputError(`${op} would take more memory than is given to it`);
}

/**
 * @param rows of numbers, as the file's input takes them
 * @returns the first output, row-major, in the precision of the backend that is in use
 * @throws InputError for an operator that no file from here has
 */
export function runOnnx(model: OnnxModel, rows: number[][]): Float64Array {
  let result = new Float64Array();
  tf.tidy(() => {
    const integers = new Map<string, number[]>();
    const values = new Map<string, Tensor>();
    for (const { name, dtype, shape, values: numbers } of model.tensors) {
      if (dtype === 'int64') integers.set(name, Array.from(numbers));
      else values.set(name, tensorOf(numbers, shape));
    }
    const [input] = model.inputs.filter(({ name }) => !values.has(name));
    const [, ...shape] = input.shape.map((length) => (typeof length === 'number' ? length : -1));
    values.set(input.name, tensorOf(Float64Array.from(rows.flat()), [rows.length, ...shape]));
    for (const node of model.nodes) {
      const { op, inputs: names, outputs, attributes } = node;
      const operator = operators[op];
      if (!operator) throw new InputError(`the operator ${op} is not known`);
      const tensors = names.flatMap((name) => values.get(name) ?? []);
      const lists = names.flatMap((name) => (integers.has(name) ? [integers.get(name)!] : []));
      checkSize(node, tensors, lists);
      values.set(outputs[0], operator(tensors, attributes, lists));
    }
    result = Float64Array.from(values.get(model.outputs[0].name)!.dataSync());
  });
  return result;
}
