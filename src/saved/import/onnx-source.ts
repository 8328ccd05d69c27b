/** The parameters in an ONNX file, in the order in which its network uses them. */
import { decodeOnnx } from '../formats/decode-onnx.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from '../formats/onnx.ts';
import { runOnnx } from '../export/run-onnx.ts';
import type { FoundArray, Source } from './found.ts';

/** @param ownWords reads what our exports say of themselves */
export function onnxSource(
  bytes: Uint8Array,
  name: string,
  ownWords: (text: string | undefined, name: string) => Source['file'],
): Source {
  const model = decodeOnnx(bytes, name);
  return {
    format: 'ONNX',
    arrays: parametersOf(model),
    file: ownWords(model.metadata.weights, name),
    run: (rows) => runOnnx(model, rows),
  };
}

/** Operators that have parameters, with the places of these among the inputs. */
const places: Record<string, number[] | undefined> = {
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  Conv: [1, 2],
  Add: [0, 1],
};

function parametersOf({ nodes, tensors }: OnnxModel): FoundArray[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found: FoundArray[] = [];
  const taken = new Set<string>();
  for (const node of nodes) {
    for (const place of places[node.op] ?? []) {
      const tensor = byName.get(node.inputs[place]);
      // Single numbers scale inputs, and a value that is used again is no other parameter.
      if (!tensor || tensor.dtype === 'int64' || tensor.shape.length === 0 || taken.has(tensor.name))
        continue;
      taken.add(tensor.name);
      found.push(turned(tensor, node, place));
    }
  }
  return found;
}

/** As our models keep it: `[in, out]`, and `[height, width, in, out]`. */
function turned({ name, shape, dtype, values }: OnnxTensor, node: OnnxNode, place: number): FoundArray {
  const array = { shape, dtype: dtype === 'float64' ? dtype : ('float32' as const), values };
  const isTurned =
    node.op === 'Gemm' && (place === 1 ? node.attributes.transB : node.attributes.transA) === 1;
  if (isTurned && place < 2 && shape.length === 2) return { name, array: transposed(array) };
  if (node.op === 'Conv' && shape.length === 4)
    return { name, array: channelsLast(array), hadChannelsFirst: true };
  return { name, array };
}

type Array = FoundArray['array'];

export function transposed({ shape: [rows, columns], dtype, values }: Array): Array {
  const turned = Float64Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)],
  );
  return { shape: [columns, rows], dtype, values: turned };
}

/** `[out, in, height, width]` → `[height, width, in, out]`. */
export function channelsLast({ shape: [out, channels, height, width], dtype, values }: Array): Array {
  const turned = new Float64Array(values.length);
  let at = 0;
  for (let place = 0; place < height * width; place++)
    for (let c = 0; c < channels; c++)
      for (let o = 0; o < out; o++) turned[at++] = values[(o * channels + c) * height * width + place];
  return { shape: [height, width, channels, out], dtype, values: turned };
}
