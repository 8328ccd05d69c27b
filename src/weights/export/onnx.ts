/**
 * A graph as an ONNX file: protocol buffers with the field numbers of onnx.proto (onnx.ai, IR version 8). ONNX has pictures
 * channels first, and filters `[out, in, height, width]`.
 */
import { PbfWriter } from 'pbf';
import type { SavedModel } from '../saved-model.ts';
import { anyRows, binary, isUnary, unary, type Attributes, type Graph, type Op, type Step } from './graph.ts';

export type OnnxType = 'float32' | 'float64';

/** @param dtype of the parameters, the probabilities and the input; tokens are int64 */
export function onnxBytes(saved: SavedModel, graph: Graph, dtype: OnnxType): Uint8Array {
  return encodeOnnx(onnxModel(saved, graph, dtype));
}

/** The model before it is encoded. */
export function onnxModel({ file }: SavedModel, graph: Graph, dtype: OnnxType): OnnxModel {
  return new OnnxBuilder(graph, dtype).build(file);
}

/** From `[batch, height, width, channels]` to channels first, and back. */
const [channelsFirst, channelsLast] = [
  [0, 3, 1, 2],
  [0, 2, 3, 1],
];

class OnnxBuilder {
  readonly #graph: Graph;
  readonly #dtype: OnnxType;
  readonly #nodes: OnnxNode[] = [];
  readonly #tensors = new Map<string, OnnxTensor>();
  /** Values of pictures that are there with channels first, under another name. */
  readonly #turned = new Map<string, string>();
  /** Values that are there with channels last; the others are turned back when they are asked for. */
  readonly #plain = new Set<string>();
  readonly #doubles = new Set<string>();
  /** Values that are int64. */
  readonly #tokens = new Set<string>();
  #helpers = 0;

  constructor(graph: Graph, dtype: OnnxType) {
    this.#graph = graph;
    this.#dtype = dtype;
    this.#plain.add(graph.input);
    if (graph.takesTokens) this.#tokens.add(graph.input);
  }

  build({ parameters: _, ...file }: SavedModel['file']): OnnxModel {
    const { model, classNames, preprocessing } = file;
    const { input, takesTokens, output, features, steps, shapes } = this.#graph;
    const skipped = new Set<Step>();
    for (const [i, step] of steps.entries()) {
      if (skipped.has(step)) continue;
      const bias = this.#biasAfter(step, steps[i + 1]);
      if (bias) skipped.add(steps[i + 1]);
      this.#add(step, bias ? { name: bias, output: steps[i + 1].output } : undefined);
    }
    return {
      name: model,
      inputs: [{ name: input, dtype: takesTokens ? 'int64' : this.#dtype, shape: ['batch', features] }],
      outputs: [{ name: output, dtype: this.#dtype, shape: ['batch', ...shapes[output].slice(1)] }],
      nodes: this.#nodes,
      tensors: [...this.#tensors.values()],
      metadata: {
        model,
        classNames: JSON.stringify(classNames),
        ...(preprocessing.kind === 'table' && { columns: JSON.stringify(preprocessing.columns) }),
        weights: JSON.stringify(file),
      },
    };
  }

  /** The vector that the next step adds to each row or place, and to nothing else's. */
  #biasAfter({ op, output }: Step, next: Step | undefined): string | undefined {
    const { constants, shapes, steps } = this.#graph;
    if ((op !== 'matMul' && op !== 'convolution') || next?.op !== 'add' || next.inputs[0] !== output) return;
    if (op === 'convolution' ? this.#dtype === 'float64' : shapes[output].length !== 2) return;
    const uses = steps.filter(({ inputs }) => inputs.includes(output)).length;
    const bias = constants[next.inputs[1]];
    const fits = uses === 1 && bias?.shape.length === 1 && bias.shape[0] === shapes[output].at(-1);
    return fits ? next.inputs[1] : undefined;
  }

  #add(step: Step, bias?: { name: string; output: string }): void {
    const { op, inputs, attributes } = step;
    const output = bias?.output ?? step.output;
    if (op === 'convolution' || op === 'maxPool' || op === 'averagePool') {
      return this.#addWindows(step, output, bias?.name);
    }
    const isElementwise = isUnary(op) && op !== 'square';
    if (isElementwise && !this.#plain.has(inputs[0]) && this.#turned.has(inputs[0])) {
      const turned = this.#node(operators[op]!.name, [this.#turned.get(inputs[0])!], this.#name());
      this.#turned.set(output, turned);
      return;
    }
    const isDouble = step.needsDouble === true && this.#dtype === 'float32';
    const keepsTokens = this.#tokens.has(inputs[0]) && ['reshape', 'slice', 'transpose'].includes(op);
    if (keepsTokens) this.#tokens.add(output);
    const words = inputs.map((name, i) =>
      keepsTokens || (op === 'gather' && i === 1) ? this.#token(name) : this.#value(name, isDouble),
    );
    if (isDouble) this.#doubles.add(output);
    this.#plain.add(output);
    if (bias) this.#node('Gemm', [...words, this.#value(bias.name, isDouble)], output);
    else this.#addPlain(op, words, output, attributes);
  }

  #addPlain(op: Op, words: string[], output: string, attributes: Attributes): void {
    if (op === 'square') return void this.#node('Mul', [words[0], words[0]], output);
    if (op === 'equal') {
      const isSame = this.#node('Equal', words, this.#name());
      return void this.#node('Cast', [isSame], output, { to: elementTypes[this.#dtype] });
    }
    if (op === 'select') {
      const condition = this.#node('Cast', words.slice(0, 1), this.#name(), { to: elementTypes.bool });
      return void this.#node('Where', [condition, ...words.slice(1)], output);
    }
    const { name, inputs = [], attributes: inOnnx = () => ({}) } = operators[op]!;
    const further = inputs.map((key) => {
      const value = attributes[key];
      return Array.isArray(value) ? this.#integers(value) : this.#number(value as number);
    });
    this.#node(name, [...words, ...further], output, inOnnx(attributes));
  }

  #addWindows({ op, inputs, attributes }: Step, output: string, bias?: string): void {
    const { strides, pads, size } = attributes;
    // Readers have no convolution in double precision.
    if (op === 'convolution' && this.#dtype === 'float64')
      return this.#addGathered(inputs, attributes, output);
    const x = this.#channelsFirst(inputs[0]);
    if (op === 'convolution') {
      const filters = this.#filters(inputs[1]);
      const words = bias ? [x, filters, this.#value(bias)] : [x, filters];
      this.#turned.set(output, this.#node('Conv', words, this.#name(), { strides, pads }));
    } else {
      const operator = op === 'maxPool' ? 'MaxPool' : 'AveragePool';
      const given = { kernel_shape: size, strides, pads };
      this.#turned.set(output, this.#node(operator, [x], this.#name(), given));
    }
  }

  /** A convolution as a product: the values of every window in a row, times the filters as columns. */
  #addGathered([input, filters]: string[], { strides, pads }: Attributes, output: string): void {
    const { shapes, constants } = this.#graph;
    const [, height, width, channels] = shapes[input];
    const [h, w, , out] = constants[filters].shape;
    const [, rows, columns] = shapes[output];
    const [[down, right], [top, left, bottom, rightPad]] = [strides, pads] as number[][];
    let x = this.#value(input);
    if ([top, left, bottom, rightPad].some((pad) => pad > 0)) {
      const around = this.#integers([0, top, left, 0, 0, bottom, rightPad, 0]);
      x = this.#node('Pad', [x, around, this.#number(0)], this.#name());
    }
    const [fullHeight, fullWidth] = [height + top + bottom, width + left + rightPad];
    const places: number[] = [];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        for (let u = 0; u < h; u++)
          for (let v = 0; v < w; v++)
            for (let c = 0; c < channels; c++)
              places.push(((i * down + u) * fullWidth + j * right + v) * channels + c);
    const flat = this.#integers([anyRows, fullHeight * fullWidth * channels]);
    const pixels = this.#node('Reshape', [x, flat], this.#name());
    const gathered = this.#node('Gather', [pixels, this.#integers(places)], this.#name(), { axis: 1 });
    const size = h * w * channels;
    const windows = this.#node('Reshape', [gathered, this.#integers([anyRows, size])], this.#name());
    const matrix = this.#tensor(this.#name(), [size, out], constants[filters].values);
    const sums = this.#node('MatMul', [windows, matrix], this.#name());
    this.#node('Reshape', [sums, this.#integers([anyRows, rows, columns, out])], output);
    this.#plain.add(output);
  }

  /** A value's name in the file, in the precision that is asked for. */
  #value(name: string, inDouble = false): string {
    const constant = this.#graph.constants[name];
    const dtype = inDouble ? 'float64' : this.#dtype;
    if (constant) return this.#tensor(name, constant.shape, constant.values, dtype);
    if (!this.#plain.has(name)) {
      this.#plain.add(name);
      return this.#node('Transpose', [this.#turned.get(name)!], name, { perm: channelsLast });
    }
    const isToken = this.#tokens.has(name);
    if (!isToken && (this.#dtype === 'float64' || this.#doubles.has(name) === inDouble)) return name;
    const other = `${name}_${dtype}`;
    if (!this.#nodes.some(({ outputs }) => outputs[0] === other))
      this.#node('Cast', [name], other, { to: elementTypes[dtype] });
    return other;
  }

  #token = (name: string): string =>
    this.#tokens.has(name)
      ? name
      : this.#node('Cast', [this.#value(name)], this.#name(), { to: elementTypes.int64 });

  #channelsFirst(name: string): string {
    const known = this.#turned.get(name);
    if (known !== undefined) return known;
    const turned = this.#node('Transpose', [this.#value(name)], this.#name(), { perm: channelsFirst });
    this.#turned.set(name, turned);
    return turned;
  }

  /** `[height, width, in, out]` → `[out, in, height, width]`. */
  #filters(name: string): string {
    const constant = this.#graph.constants[name];
    if (!constant) return this.#node('Transpose', [this.#value(name)], this.#name(), { perm: [3, 2, 0, 1] });
    const [h, w, channels, out] = constant.shape;
    const values = new Float64Array(constant.values.length);
    let at = 0;
    for (let o = 0; o < out; o++)
      for (let c = 0; c < channels; c++)
        for (let place = 0; place < h * w; place++)
          values[at++] = constant.values[(place * channels + c) * out + o];
    return this.#tensor(name, [out, channels, h, w], values);
  }

  #node(op: string, inputs: string[], output: string, attributes: Attributes = {}): string {
    this.#nodes.push({ op, inputs, outputs: [output], attributes: attributes as OnnxNode['attributes'] });
    return output;
  }

  #tensor(
    name: string,
    shape: number[],
    values: Float64Array,
    dtype: OnnxTensor['dtype'] = this.#dtype,
  ): string {
    this.#tensors.set(name, { name, shape, dtype, values });
    return name;
  }

  #integers = (values: number[]): string =>
    this.#tensor(this.#name(), [values.length], Float64Array.from(values), 'int64');

  #number = (value: number): string => this.#tensor(this.#name(), [], Float64Array.of(value));

  /** Slashes are in no name of the graph. */
  #name = (): string => `helper/${++this.#helpers}`;
}

interface Operator {
  name: string;
  /** Attributes of the step that ONNX takes as further inputs. */
  inputs?: string[];
  attributes?: (ofStep: Attributes) => Attributes;
}

const reduction = (name: string): Operator => ({
  name,
  attributes: ({ axes, keep }) => ({ axes, keepdims: Number(keep) }),
});

const operators: Partial<Record<Op, Operator>> = {
  ...operatorsOf(unary, 'kernel'),
  ...operatorsOf(binary, 'onnx'),
  matMul: { name: 'MatMul' },
  gather: { name: 'Gather' },
  softmax: { name: 'Softmax', attributes: () => ({ axis: -1 }) },
  clip: { name: 'Clip', inputs: ['low', 'high'] },
  transpose: { name: 'Transpose', attributes: ({ order }) => ({ perm: order }) },
  reshape: { name: 'Reshape', inputs: ['shape'] },
  slice: { name: 'Slice', inputs: ['begin', 'end'] },
  concat: { name: 'Concat', attributes: ({ axis }) => ({ axis }) },
  sum: { name: 'ReduceSum', inputs: ['axes'], attributes: ({ keep }) => ({ keepdims: Number(keep) }) },
  mean: reduction('ReduceMean'),
  max: reduction('ReduceMax'),
  min: reduction('ReduceMin'),
};

function operatorsOf<Key extends string>(table: Record<string, Record<Key, string>>, key: Key) {
  return Object.fromEntries(Object.entries(table).map(([op, step]) => [op, { name: step[key] }]));
}

export interface OnnxTensor {
  name: string;
  shape: number[];
  dtype: 'float32' | 'float64' | 'int64';
  values: Float64Array;
}

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  /** Integers. */
  attributes: Record<string, number | number[]>;
}

export interface OnnxValue {
  name: string;
  dtype: 'float32' | 'float64' | 'int64';
  /** Numbers, and names of dimensions that are free. */
  shape: (number | string)[];
}

export interface OnnxModel {
  name: string;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  nodes: OnnxNode[];
  tensors: OnnxTensor[];
  metadata: Record<string, string>;
}

/** Numbers in files for the types of elements. */
const elementTypes = { float32: 1, int64: 7, bool: 9, float64: 11 } as const;
const widths = { float32: 4, float64: 8, int64: 8 };

/** Kinds of attributes. */
const kinds = { integer: 2, integers: 7 };

/** The first version whose operators are meant here, and the layout of files that came with it. */
const opset = 17;
const irVersion = 8;

function encodeOnnx(model: OnnxModel): Uint8Array {
  const file = new PbfWriter();
  file.writeVarintField(1, irVersion);
  file.writeStringField(2, 'backprop-zoo');
  file.writeStringField(3, '');
  file.writeMessage(
    7,
    (graph: OnnxModel, out: PbfWriter) => {
      for (const node of graph.nodes) out.writeMessage(1, writeNode, node);
      out.writeStringField(2, graph.name);
      for (const tensor of graph.tensors) out.writeMessage(5, writeTensor, tensor);
      for (const input of graph.inputs) out.writeMessage(11, writeValue, input);
      for (const output of graph.outputs) out.writeMessage(12, writeValue, output);
    },
    model,
  );
  file.writeMessage(8, (version: number, out: PbfWriter) => out.writeVarintField(2, version), opset);
  for (const entry of Object.entries(model.metadata)) file.writeMessage(14, writeEntry, entry);
  return file.finish();
}

function writeEntry([key, value]: [string, string], out: PbfWriter): void {
  out.writeStringField(1, key);
  out.writeStringField(2, value);
}

function writeNode({ op, inputs, outputs, attributes }: OnnxNode, out: PbfWriter): void {
  for (const input of inputs) out.writeStringField(1, input);
  for (const output of outputs) out.writeStringField(2, output);
  out.writeStringField(3, outputs[0]);
  out.writeStringField(4, op);
  for (const attribute of Object.entries(attributes)) out.writeMessage(5, writeAttribute, attribute);
}

function writeAttribute([name, value]: [string, number | number[]], out: PbfWriter): void {
  out.writeStringField(1, name);
  if (Array.isArray(value)) for (const each of value) out.writeVarintField(8, each);
  else out.writeVarintField(3, value);
  out.writeVarintField(20, Array.isArray(value) ? kinds.integers : kinds.integer);
}

function writeTensor({ name, shape, dtype, values }: OnnxTensor, out: PbfWriter): void {
  for (const length of shape) out.writeVarintField(1, length);
  out.writeVarintField(2, elementTypes[dtype]);
  out.writeStringField(8, name);
  const bytes = new Uint8Array(values.length * widths[dtype]);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    if (dtype === 'float32') view.setFloat32(4 * i, value, true);
    else if (dtype === 'float64') view.setFloat64(8 * i, value, true);
    else view.setBigInt64(8 * i, BigInt(value), true);
  }
  out.writeBytesField(9, bytes);
}

function writeValue({ name, dtype, shape }: OnnxValue, out: PbfWriter): void {
  const writeDimension = (length: number | string, dimension: PbfWriter): void => {
    if (typeof length === 'string') dimension.writeStringField(2, length);
    else dimension.writeVarintField(1, length);
  };
  const writeShape = (_: unknown, lengths: PbfWriter): void => {
    for (const length of shape) lengths.writeMessage(1, writeDimension, length);
  };
  const writeTensorType = (_: unknown, type: PbfWriter): void => {
    type.writeVarintField(1, elementTypes[dtype]);
    type.writeMessage(2, writeShape, shape);
  };
  out.writeStringField(1, name);
  out.writeMessage(2, (_: unknown, type: PbfWriter) => type.writeMessage(1, writeTensorType, 0), 0);
}
