/** What an ONNX file holds, as far as dense and convolutional networks need it. */
import { PbfReader } from 'pbf';
import { InputError } from '../../core/errors.ts';
import { printable } from '../../core/printable.ts';
import {
  elementTypes,
  widths,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx.ts';

const typeNames: Record<number, OnnxTensor['dtype'] | undefined> = {
  1: 'float32',
  7: 'int64',
  11: 'float64',
};

/**
 * Fields that are not known are passed over. Nothing outside of the file is opened.
 *
 * @param name of the file, for messages
 * @throws InputError where it is no ONNX file, or keeps its numbers elsewhere or in a type that is not known
 */
export function decodeOnnx(bytes: Uint8Array, name: string): OnnxModel {
  const model: OnnxModel = {
    producer: { name: '', version: '' },
    opset: 0,
    name: '',
    inputs: [],
    outputs: [],
    nodes: [],
    tensors: [],
    metadata: Object.create(null) as OnnxModel['metadata'],
  };
  try {
    new PbfReader(bytes).readFields((tag, result, file) => {
      if (tag === 2) result.producer.name = file.readString();
      else if (tag === 3) result.producer.version = file.readString();
      else if (tag === 7) file.readMessage(readGraph, result);
      else if (tag === 8)
        file.readMessage((field, into, version) => {
          if (field === 2) into.opset = version.readVarint();
        }, result);
      else if (tag === 14) {
        const [key, value] = readTexts(file, 2);
        result.metadata[key] = value;
      }
    }, model);
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${name}: ${error.message}`);
    throw new InputError(
      `${name} is no ONNX file, or a damaged one: ${printable((error as Error).message)}.`,
    );
  }
  if (model.nodes.length === 0) throw new InputError(`${name} is no ONNX file: it has no graph.`);
  return model;
}

function readTexts(file: PbfReader, count: number): string[] {
  const texts = new Array<string>(count).fill('');
  return file.readMessage((field, into, text) => {
    if (field <= count) into[field - 1] = text.readString();
  }, texts);
}

function readGraph(tag: number, model: OnnxModel, graph: PbfReader): void {
  if (tag === 1) {
    const node = readNode(graph);
    if (node.op === 'Constant' && node.tensor) model.tensors.push({ ...node.tensor, name: node.outputs[0] });
    else model.nodes.push(node);
  } else if (tag === 2) model.name = graph.readString();
  else if (tag === 5) model.tensors.push(readTensor(graph));
  else if (tag === 11) model.inputs.push(readValue(graph));
  else if (tag === 12) model.outputs.push(readValue(graph));
}

const emptyNode = (): OnnxNode => ({
  op: '',
  inputs: [],
  outputs: [],
  attributes: Object.create(null) as OnnxNode['attributes'],
});

const readNode = (graph: PbfReader): OnnxNode =>
  graph.readMessage((tag, node, from) => {
    if (tag === 1) node.inputs.push(from.readString());
    else if (tag === 2) node.outputs.push(from.readString());
    else if (tag === 4) node.op = from.readString();
    else if (tag === 5) from.readMessage(readAttribute, { node, name: '' });
  }, emptyNode());

/** Its name comes first in every writer's files. */
function readAttribute(tag: number, into: { node: OnnxNode; name: string }, from: PbfReader): void {
  const { attributes } = into.node;
  if (tag === 1) into.name = from.readString();
  else if (tag === 2) attributes[into.name] = from.readFloat();
  else if (tag === 3) attributes[into.name] = from.readVarint(true);
  else if (tag === 4) attributes[into.name] = from.readString();
  else if (tag === 5) into.node.tensor = readTensor(from);
  else if (tag === 8) {
    const list = (attributes[into.name] ??= []) as number[];
    from.readPackedVarint(list, true);
  }
}

interface RawTensor {
  name: string;
  shape: number[];
  type: number;
  listed: number[];
  raw?: Uint8Array;
  isElsewhere: boolean;
}

function readTensor(graph: PbfReader): OnnxTensor {
  const { name, shape, type, listed, raw, isElsewhere } = graph.readMessage<RawTensor>(
    (tag, tensor, from) => {
      if (tag === 1) from.readPackedVarint(tensor.shape, true);
      else if (tag === 2) tensor.type = from.readVarint();
      else if (tag === 4) from.readPackedFloat(tensor.listed);
      else if (tag === 7) from.readPackedVarint(tensor.listed, true);
      else if (tag === 8) tensor.name = from.readString();
      else if (tag === 9) tensor.raw = from.readBytes();
      else if (tag === 10) from.readPackedDouble(tensor.listed);
      else if (tag === 13 || (tag === 14 && from.readVarint() !== 0)) tensor.isElsewhere = true;
    },
    { name: '', shape: [], type: 0, listed: [], isElsewhere: false },
  );
  const called = printable(name, 60);
  if (isElsewhere)
    throw new InputError(`the tensor ${called} lies in another file, and no other file is opened.`);
  const dtype = typeNames[type];
  if (!dtype) throw new InputError(`the tensor ${called} is neither float32 nor float64.`);
  const values = raw ? valuesIn(raw, dtype) : Float64Array.from(listed);
  if (shape.some((length) => length < 0) || values.length !== shape.reduce((all, each) => all * each, 1))
    throw new InputError(
      `the tensor ${called} has ${values.length} numbers and the shape [${shape.slice(0, 8).join(', ')}].`,
    );
  return { name, shape, dtype, values };
}

function valuesIn(raw: Uint8Array, dtype: OnnxTensor['dtype']): Float64Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const width = widths[dtype];
  return Float64Array.from({ length: Math.floor(raw.byteLength / width) }, (_, i) =>
    dtype === 'float32'
      ? view.getFloat32(width * i, true)
      : dtype === 'float64'
        ? view.getFloat64(width * i, true)
        : Number(view.getBigInt64(width * i, true)),
  );
}

function readValue(graph: PbfReader): OnnxValue {
  const value: OnnxValue = { name: '', dtype: 'float32', shape: [] };
  const readLength = (tag: number, shape: OnnxValue['shape'], dimension: PbfReader): void => {
    if (tag === 1) shape.push(dimension.readVarint(true));
    else if (tag === 2) shape.push(dimension.readString());
  };
  return graph.readMessage((tag, into, from) => {
    if (tag === 1) into.name = from.readString();
    else if (tag === 2)
      from.readMessage((kind, _, type) => {
        if (kind !== 1) return;
        type.readMessage((field, __, tensor) => {
          if (field === 1) into.dtype = tensor.readVarint() === elementTypes.float64 ? 'float64' : 'float32';
          else if (field === 2)
            tensor.readMessage((each, ___, lengths) => {
              if (each === 1) lengths.readMessage(readLength, into.shape);
            }, into);
        }, into);
      }, into);
  }, value);
}
