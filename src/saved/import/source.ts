/** A file of parameters from anywhere: its arrays, what it says of itself, and its own answers where it can be run. */
import * as z from '../../core/schema.ts';
import { InputError } from '../../core/errors.ts';
import { parseJson } from '../json.ts';
import { checked, listOf } from '../schemas.ts';
import { arrayFrom, mostValues, type ArrayFile, type Arrays, type NamedArray } from '../formats/arrays.ts';
import { decodeNpz } from '../formats/npz.ts';
import { decodeSafetensors } from '../formats/safetensors.ts';
import { weightsSchema } from '../weights.ts';
import type { Source } from './found.ts';
import { onnxSource } from './onnx-source.ts';

/**
 * @param weights the bytes that go with a Layers model's JSON; no path that stands in the file is opened
 * @throws InputError where it is none of the kinds, damaged or too large
 */
export function sourceFrom(bytes: Uint8Array, name: string, weights?: Uint8Array): Source {
  const source = read(bytes, name, weights);
  const values = source.arrays.reduce((sum, { array }) => sum + array.values.length, 0);
  if (values > mostValues)
    throw new InputError(`${name} is refused: it has ${values} numbers, more than ${mostValues}.`);
  if (source.arrays.length === 0) throw new InputError(`${name} has no arrays of numbers.`);
  return source;
}

function read(bytes: Uint8Array, name: string, weights?: Uint8Array): Source {
  const [first, second] = bytes;
  if (first === 0x50 && second === 0x4b) return { format: 'npz', ...withPreparation(decodeNpz(bytes, name)) };
  if (bytes[8] === 0x7b && bytes.slice(4, 8).every((byte) => byte === 0))
    return { format: 'safetensors', ...inOrder(decodeSafetensors(bytes, name), name) };
  if (first === 0x7b) return layersSource(bytes, name, weights);
  return onnxSource(bytes, name, ownWords);
}

/** Takes what our `.npz` has beside the parameters from among them. */
function withPreparation(all: Arrays): Pick<Source, 'arrays' | 'preparation'> {
  const { mean, scale, divisor: _, targetMean, targetScale, ...arrays } = all;
  const list = ({ values }: NamedArray) => Array.from(values);
  const preprocessing = mean &&
    scale && { kind: 'standardise' as const, mean: list(mean), scale: list(scale) };
  const target = targetMean && targetScale && { mean: targetMean.values[0], scale: targetScale.values[0] };
  return {
    arrays: Object.entries(arrays).map(([name, array]) => ({ name, array })),
    preparation: { ...(preprocessing && { preprocessing }), ...(target && { target }) },
  };
}

/** Safetensors keep no order of the network: theirs is that of the names, with numbers by their size. */
function inOrder({ arrays, metadata }: ArrayFile, name: string): Omit<Source, 'format'> {
  const found = Object.entries(arrays).map(([key, array]) => ({ name: key, array }));
  found.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return { arrays: found, file: ownWords(metadata.weights, name) };
}

const ownSchema = z.omit(weightsSchema, { parameters: true });

/** What stands under `weights` in the metadata of our exports. */
function ownWords(text: string | undefined, name: string): Source['file'] {
  if (text === undefined) return undefined;
  return checked(ownSchema, parseJson(text, `The metadata of ${name}`), name, 'export of a model');
}

const layersSchema = z.object({
  modelTopology: z.unknown(),
  weightsManifest: listOf(
    z.object({
      weights: listOf(
        z.object({
          name: z.string(),
          shape: listOf(z.int().check(z.minimum(0)), 8),
          dtype: z.literal('float32'),
          quantization: z.optional(z.undefined()),
        }),
        10_000,
      ),
    }),
    1000,
  ),
});

function layersSource(bytes: Uint8Array, name: string, weights?: Uint8Array): Source {
  const text = new TextDecoder().decode(bytes);
  const { weightsManifest } = checked(layersSchema, parseJson(text, name), name, 'Layers model');
  if (!weights)
    throw new InputError(`${name} needs its weights beside it, as weights.bin or group1-shard1of1.bin.`);
  let at = 0;
  const arrays = weightsManifest
    .flatMap((group) => group.weights)
    .map((entry) => {
      const length = 4 * entry.shape.reduce((product, each) => product * each, 1);
      const piece = weights.subarray(at, at + length);
      at += length;
      return { name: entry.name, array: arrayFrom(piece, 'float32', entry.shape, `${name}: ${entry.name}`) };
    });
  if (at !== weights.length)
    throw new InputError(`The weights of ${name} have ${weights.length} bytes, its list says ${at}.`);
  return { format: 'Layers model', arrays };
}
