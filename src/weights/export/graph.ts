/**
 * A trained model as a list of plain steps, from raw inputs to probabilities: what every format of a whole model is
 * written from. The steps are few and known everywhere; each writer has a table of them.
 */
import type { ParameterValues } from '../../model/initializers.ts';
import { tensorOf } from '../../utils/tensors.ts';
import { type Tensor, type Tensor4D, tf } from '../../utils/tf.ts';

/**
 * Steps of one value at a time: what TensorFlow.js calls the kernel and ONNX the operator, the function that computes it, and a
 * function of JavaScript as text.
 */
export const unary = {
  abs: { kernel: 'Abs', run: tf.abs, code: '(v) => Math.abs(v)' },
  elu: { kernel: 'Elu', run: tf.elu, code: '(v) => (v < 0 ? Math.expm1(v) : v)' },
  exp: { kernel: 'Exp', run: tf.exp, code: '(v) => Math.exp(v)' },
  log: { kernel: 'Log', run: tf.log, code: '(v) => Math.log(v)' },
  negative: { kernel: 'Neg', run: tf.neg, code: '(v) => -v' },
  reciprocal: { kernel: 'Reciprocal', run: tf.reciprocal, code: '(v) => 1 / v' },
  relu: { kernel: 'Relu', run: tf.relu, code: '(v) => (v > 0 ? v : 0)' },
  sigmoid: {
    ...{ kernel: 'Sigmoid', run: tf.sigmoid },
    code: '(v) => (v >= 0 ? 1 / (1 + Math.exp(-v)) : Math.exp(v) / (1 + Math.exp(v)))',
  },
  sign: { kernel: 'Sign', run: tf.sign, code: '(v) => Math.sign(v)' },
  softplus: {
    ...{ kernel: 'Softplus', run: tf.softplus },
    code: '(v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))',
  },
  sqrt: { kernel: 'Sqrt', run: tf.sqrt, code: '(v) => Math.sqrt(v)' },
  square: { kernel: 'Square', run: tf.square, code: '(v) => v * v' },
  tanh: { kernel: 'Tanh', run: tf.tanh, code: '(v) => Math.tanh(v)' },
} satisfies Record<string, { kernel: string; run: (x: Tensor) => Tensor; code: string }>;

/** Steps of two values, which broadcast as in NumPy; `equal` is 1 or 0. */
export const binary = {
  add: { kernel: 'Add', onnx: 'Add', run: tf.add, code: '(v, w) => v + w' },
  subtract: { kernel: 'Sub', onnx: 'Sub', run: tf.sub, code: '(v, w) => v - w' },
  multiply: { kernel: 'Multiply', onnx: 'Mul', run: tf.mul, code: '(v, w) => v * w' },
  divide: { kernel: 'RealDiv', onnx: 'Div', run: tf.div, code: '(v, w) => v / w' },
  maximum: { kernel: 'Maximum', onnx: 'Max', run: tf.maximum, code: '(v, w) => Math.max(v, w)' },
  minimum: { kernel: 'Minimum', onnx: 'Min', run: tf.minimum, code: '(v, w) => Math.min(v, w)' },
  power: { kernel: 'Pow', onnx: 'Pow', run: tf.pow, code: '(v, w) => v ** w' },
  equal: {
    ...{ kernel: 'Equal', onnx: 'Equal', code: '(v, w) => (v === w ? 1 : 0)' },
    run: (a: Tensor, b: Tensor) => tf.cast(tf.equal(a, b), 'float32'),
  },
} satisfies Record<
  string,
  { kernel: string; onnx: string; run: (a: Tensor, b: Tensor) => Tensor; code: string }
>;

/** Pictures are `[batch, height, width, channels]`. */
export type Op =
  | keyof typeof unary
  | keyof typeof binary
  | 'softmax' // along the last axis
  | 'clip' // low, high
  | 'matMul' // [n, k]·[k, m], in sequences of tokens also [.., n, k]·[.., k, m]
  | 'gather' // rows of a table, by tokens
  | 'select' // where the first is not 0 the second, else the third
  | 'transpose' // order
  | 'reshape' // shape
  | 'concat' // axis
  | 'slice' // begin, end (largestEnd: to the last)
  | 'sum' // axes, keep
  | 'mean'
  | 'max'
  | 'min'
  | 'convolution' // x, filters [height, width, in, out]; strides, pads
  | 'maxPool' // size, strides, pads
  | 'averagePool';

export const isUnary = (op: Op): op is keyof typeof unary => Object.hasOwn(unary, op);
export const isBinary = (op: Op): op is keyof typeof binary => Object.hasOwn(binary, op);

/** `pads` are `[top, left, bottom, right]`; `shape` has {@link anyRows} where the batch is. */
export type Attributes = Record<string, number | boolean | number[]>;

export interface Step {
  op: Op;
  /** Names of values: of the input, of constants, of outputs of earlier steps. */
  inputs: string[];
  output: string;
  attributes: Attributes;
  /** Brings inputs of any size near 1: single precision would lose digits here. */
  needsDouble?: boolean;
}

export interface Graph {
  /** Name of the raw input, `[batch, features]`. */
  input: string;
  /** Whether the input is tokens, which are integers; each row has `features` of them. */
  takesTokens: boolean;
  features: number;
  steps: Step[];
  /** Parameters by their names, and other numbers. */
  constants: Record<string, ParameterValues>;
  /** Of every value. */
  shapes: Record<string, number[]>;
  /** Name of the result: probabilities `[batch, classes]`, of tokens `[batch, T, symbols]`, or what a regression predicts, `[batch, 1]`. */
  output: string;
}

/** In a shape: as many as there are rows. */
export const anyRows = -1;

/** The end of a slice that goes to the last entry, however many there are. */
export const largestEnd = 2 ** 31 - 1;

/** Words of JavaScript, and names in the modules that are written. */
const taken =
  'arguments as async await break case catch class const continue debugger default delete do else enum eval export ' +
  'extends false finally for from function if implements import in instanceof interface let new null of package private ' +
  'protected public return static super switch this throw true try typeof undefined var void while with yield ' +
  'Array DataView Float64Array Infinity JSON Math NaN Number Object String TypeError Uint8Array atob ' +
  'classNames columns features predict rows row compute numbersIn valueOf indexIn sizeOf stepsOf fromPlaces fromBase64 map combine ' +
  'reduce slide inside pool softmax clip matMul transpose reshape concat slice sum mean max min convolution maxPool averagePool';
const takenWords = new Set([...taken.split(' '), ...Object.keys(unary), ...Object.keys(binary)]);

/** Puts a graph together, each value under a name of its own that is an identifier in any language. */
export class GraphBuilder {
  readonly steps: Step[] = [];
  readonly constants: Graph['constants'] = {};
  readonly shapes: Graph['shapes'] = {};
  readonly input: string;
  /** How many values have each name. */
  readonly #names = new Map<string, number>();
  readonly features: number;
  readonly takesTokens: boolean;

  constructor(features: number, takesTokens = false) {
    this.features = features;
    this.takesTokens = takesTokens;
    this.input = this.#unique('x');
    this.shapes[this.input] = [anyRows, features];
  }

  constant(name: string, { shape, values }: ParameterValues): string {
    const unique = this.#unique(name);
    this.constants[unique] = { shape, values };
    this.shapes[unique] = shape;
    return unique;
  }

  /** A number on its own. */
  number = (value: number): string => this.constant('number', { shape: [], values: Float64Array.of(value) });

  /** Appends a step. @returns the name of its output */
  add(op: Op, inputs: string[], shape: number[], attributes: Attributes = {}, name = 'value'): string {
    const output = this.#unique(name);
    this.steps.push({ op, inputs, output, attributes });
    this.shapes[output] = shape;
    return output;
  }

  /** Gives the last step's output a name that says what it is. */
  rename(output: string, name: string): string {
    const step = this.steps.at(-1);
    if (step?.output !== output) return output;
    step.output = this.#unique(name);
    this.shapes[step.output] = this.shapes[output];
    delete this.shapes[output];
    return step.output;
  }

  graph(output: string): Graph {
    const { input, takesTokens, features, shapes } = this;
    const used = new Set([output]);
    for (const step of this.steps.toReversed())
      if (used.has(step.output)) for (const name of step.inputs) used.add(name);
    // What a model keeps for its gradients alone stays away.
    const steps = this.steps.filter((step) => used.has(step.output));
    const constants = Object.fromEntries(Object.entries(this.constants).filter(([name]) => used.has(name)));
    return { input, takesTokens, features, steps, constants, shapes, output };
  }

  #unique(wanted: string): string {
    const word = wanted.replace(/[^A-Za-z0-9]/g, '_').replace(/^(?=\d)|^$/, '_');
    const known = this.#names.get(word) ?? (takenWords.has(word) ? 1 : 0);
    this.#names.set(word, known + 1);
    return known === 0 ? word : this.#unique(`${word}_${known + 1}`);
  }
}

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

const operations: Record<Exclude<Op, keyof typeof unary | keyof typeof binary>, Operation> = {
  softmax: ([x]) => tf.softmax(x),
  clip: ([x], { low, high }) => tf.clipByValue(x, low as number, high as number),
  matMul: ([a, b]) => tf.matMul(a, b),
  gather: ([table, tokens]) => tf.gather(table, tokens),
  select: ([condition, a, b]) => tf.where(tf.cast(condition, 'bool'), a, b),
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

function runStep(op: Op, inputs: Tensor[], attributes: Attributes): Tensor {
  if (isUnary(op)) return unary[op].run(inputs[0]);
  if (isBinary(op)) return binary[op].run(inputs[0], inputs[1]);
  return operations[op](inputs, attributes);
}

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
    const shape = [rows.length, graph.features];
    const input = graph.takesTokens
      ? tf.tensor(Int32Array.from(rows.flat()), shape, 'int32')
      : tensorOf(Float64Array.from(rows.flat()), shape);
    values.set(graph.input, input);
    for (const { op, inputs, output, attributes } of graph.steps) {
      const operands = inputs.map((name) => values.get(name)!);
      values.set(output, runStep(op, operands, attributes));
    }
    result = Float64Array.from(values.get(graph.output)!.dataSync());
  });
  return result;
}
