/**
 * Safetensors (github.com/huggingface/safetensors): eight bytes with the length of a JSON header, the header, and the
 * bytes of all arrays one after the other, without a gap.
 */
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import * as z from '../../utils/schema.ts';
import { parseJson } from '../json.ts';
import { checked, listOf } from '../schemas.ts';
import {
  arrayFrom,
  bytesOf,
  widthOf,
  type ArrayFile,
  type Arrays,
  type ElementType,
} from '../../data/formats/arrays.ts';

const types: Record<string, ElementType | undefined> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
};
const prefix = 8;
/** The specification's own limit is a hundred times as much; a thousand tensors need a tenth. */
const maxHeader = 1e6;

/** @param metadata texts alone, as the specification wants it */
export function encodeSafetensors({ arrays, metadata }: ArrayFile): Uint8Array {
  // Doubles first, so that every array begins at a multiple of its width.
  const inOrder = Object.entries(arrays).sort(([, a], [, b]) => widthOf(b.dtype) - widthOf(a.dtype));
  let offset = 0;
  const header: Record<string, object> = { __metadata__: metadata };
  const pieces = inOrder.map(([name, array]) => {
    const bytes = bytesOf(array);
    const dtype = array.dtype === 'float64' ? 'F64' : 'F32';
    header[name] = { dtype, shape: array.shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    return bytes;
  });
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(prefix + length + offset).fill(0x20, prefix, prefix + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, prefix);
  let at = prefix + length;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

const entrySchema = z.object({
  dtype: z.string(),
  shape: listOf(z.int().check(z.minimum(0)), 8),
  data_offsets: z.tuple([z.int().check(z.minimum(0)), z.int().check(z.minimum(0))]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

/** @throws InputError for an invalid file: a header that is too long, arrays that overlap, leave gaps or lie outside */
export function decodeSafetensors(bytes: Uint8Array, name: string): ArrayFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < prefix ? Infinity : Number(view.getBigUint64(0, true));
  if (length > bytes.length - prefix)
    throw new InputError(
      `${name} is not a valid safetensors file, or is cut short: its header ends after the end of the file.`,
    );
  if (length > maxHeader)
    throw new InputError(`${name} is refused: its header has ${length} bytes, more than ${maxHeader}.`);
  const { __metadata__: metadata = {}, ...entries } = checked(
    headerSchema,
    parseJson(headerText(bytes.subarray(prefix, prefix + length), name), `The header of ${name}`),
    name,
    'safetensors file',
  );
  const data = bytes.subarray(prefix + length);
  const arrays: Arrays = {};
  const spans: [number, number][] = [];
  for (const [key, entry] of Object.entries(entries)) {
    const where = `${name}: the array ${sanitizeForTerminal(key, 60)}`;
    const { dtype, shape, data_offsets } = checked(entrySchema, entry, where, 'entry');
    const type = types[dtype];
    if (!type)
      throw new InputError(`${where} is of the type ${sanitizeForTerminal(dtype, 20)}, which is not read.`);
    const [start, end] = data_offsets;
    if (start > end || end > data.length) throw new InputError(`${where} lies outside of the file.`);
    spans.push(data_offsets);
    arrays[key] = arrayFrom(data.subarray(start, end), type, shape, where);
  }
  spans.sort(([a, b], [c, d]) => a - c || b - d);
  const ends = spans.reduce((at, [start, end]) => (start === at ? end : NaN), 0);
  if (ends !== data.length) throw new InputError(`${name} is damaged: its arrays overlap or leave gaps.`);
  return { arrays, metadata: checked(metadataSchema, metadata, name, 'safetensors file') };
}

function headerText(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${name} is not a valid safetensors file: its header is not text in UTF-8.`);
  }
}
