/**
 * ONNX files: protocol buffers with the field numbers of onnx.proto (onnx.ai, IR version 8), as far as dense and
 * convolutional networks need them.
 */
import { PbfWriter } from 'pbf';

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
  attributes: Record<string, number | number[] | string>;
  /** Of a node that is a constant. */
  tensor?: OnnxTensor;
}

export interface OnnxValue {
  name: string;
  dtype: 'float32' | 'float64';
  /** Numbers, and names of dimensions that are free. */
  shape: (number | string)[];
}

export interface OnnxModel {
  producer: { name: string; version: string };
  opset: number;
  name: string;
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  nodes: OnnxNode[];
  tensors: OnnxTensor[];
  metadata: Record<string, string>;
}

/** Numbers in files for the types of elements. */
export const elementTypes = { float32: 1, int64: 7, float64: 11 } as const;
export const widths = { float32: 4, float64: 8, int64: 8 };

/** Kinds of attributes. */
const kinds = { number: 1, integer: 2, text: 3, integers: 7 };

/** The first version whose operators are meant here, and the layout of files that came with it. */
export const opset = 17;
const irVersion = 8;

export function encodeOnnx(model: OnnxModel): Uint8Array {
  const file = new PbfWriter();
  file.writeVarintField(1, irVersion);
  file.writeStringField(2, model.producer.name);
  file.writeStringField(3, model.producer.version);
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
  file.writeMessage(8, (version: number, out: PbfWriter) => out.writeVarintField(2, version), model.opset);
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

function writeAttribute([name, value]: [string, number | number[] | string], out: PbfWriter): void {
  out.writeStringField(1, name);
  if (Array.isArray(value)) {
    for (const each of value) out.writeVarintField(8, each);
    out.writeVarintField(20, kinds.integers);
  } else if (typeof value === 'string') {
    out.writeStringField(4, value);
    out.writeVarintField(20, kinds.text);
  } else if (Number.isInteger(value)) {
    out.writeVarintField(3, value);
    out.writeVarintField(20, kinds.integer);
  } else {
    out.writeFloatField(2, value);
    out.writeVarintField(20, kinds.number);
  }
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
