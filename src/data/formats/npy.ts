import { arrayFrom, type ElementType, type NamedArray } from './arrays.ts';
import type { Cell } from '../table/cells.ts';
import { quoted, type Table, TableBuilder } from '../table/table.ts';
import { InputError } from '../../utils/errors.ts';

/** How an array of NumPy begins: the NPY format, versions 1 to 3 (NumPy Enhancement Proposal 1). */
export const npyMagic = [0x93, ...new TextEncoder().encode('NUMPY')];

/** Longer headers describe records, which are not supported. */
const maxLetters = 10_000;

/** @returns where the values begin, and the header as text; undefined where the bytes end before the header does */
function npyHeader(bytes: Uint8Array): { end: number; header: string } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6] > 1;
  const start = isLong ? 12 : 10;
  if (bytes.length < start) return undefined;
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = start + length;
  if (end > bytes.length) return undefined;
  const text = bytes.subarray(start, start + Math.min(length, maxLetters));
  return { end, header: new TextDecoder('latin1').decode(text) };
}

/** `[…shape]`, row-major: numbers, or texts without a dtype. `integers` are given if a double does not hold one of them. */
export type NumpyArray = { shape: number[] } & (
  | { dtype: NamedArray['dtype']; values: ArrayLike<number>; integers?: bigint[] }
  | { dtype?: undefined; values: string[] }
);

/** By the kind and the bytes of a value. */
const elementTypes: Record<string, ElementType | undefined> = {
  b1: 'uint8',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

/**
 * @param where for messages
 * @throws InputError unless the bytes are an array of numbers or texts, as long as its header says
 */
export function parseNpy(bytes: Uint8Array, where: string): NumpyArray {
  const fail = (what: string): InputError => new InputError(`${where} is not a valid NumPy array: ${what}.`);
  if (npyMagic.some((byte, i) => bytes[i] !== byte)) throw fail('it does not begin as one');
  const found = npyHeader(bytes);
  if (!found) throw fail('it is cut short');
  const { end, header } = found;
  // The order of bytes: `<` little-endian, `>` big-endian. The type: kind and bytes of a value, `f4`; of texts `U` and letters.
  const [, order, type = ''] = /'descr': *'([<>|=])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const [, tuple] = /'shape': *\(([\d, ]*)\)/.exec(header) ?? [];
  const shape = tuple
    ?.split(',')
    .filter((word) => word.trim() !== '')
    .map(Number);
  const element = elementTypes[type];
  const isText = type.startsWith('U');
  if ((!element && !isText) || !shape)
    throw fail('its values are neither numbers nor texts (object arrays are not supported)');
  const length = shape.reduce((product, n) => product * n, 1);
  const width = (element ? 1 : 4) * Number(type.slice(1));
  if (length * width > bytes.length - end) throw fail('it is cut short');
  const data = bytes.subarray(end, end + length * width);
  const little = order !== '>';
  const at = /'fortran_order': *True/.test(header) ? fortranPlaces(shape) : undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (element) {
    const array = arrayFrom(data, element, shape, where, little);
    const order = at ?? Array.from({ length }, (_, i) => i);
    const isLossy =
      type.endsWith('8') && type !== 'f8' && order.some((i) => !Number.isSafeInteger(array.values[i]));
    const read = (i: number) =>
      type === 'u8' ? view.getBigUint64(8 * i, little) : view.getBigInt64(8 * i, little);
    return {
      shape,
      dtype: array.dtype,
      values: at ? at.map((i) => array.values[i]) : array.values,
      ...(isLossy && { integers: order.map(read) }),
    };
  }
  const texts = Array.from({ length }, (_, i) => textFrom(view, i * width, width, little));
  return { shape, values: at ? at.map((i) => texts[i]) : texts };
}

/** Where the values of a row-major array are in Fortran's order, in which the first index runs fastest. */
function fortranPlaces(shape: number[]): number[] {
  const steps = shape.map((_, d) => shape.slice(0, d).reduce((product, length) => product * length, 1));
  const index = shape.map(() => 0);
  const length = shape.reduce((product, n) => product * n, 1);
  return Array.from({ length }, () => {
    const place = index.reduce((sum, i, d) => sum + i * steps[d], 0);
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
    return place;
  });
}

/** Code points of four bytes each, up to the first 0. */
function textFrom(view: DataView, from: number, bytes: number, little: boolean): string {
  let text = '';
  for (let at = from; at < from + bytes; at += 4) {
    const point = view.getUint32(at, little);
    if (point === 0 || point > 0x10ffff) break;
    text += String.fromCodePoint(point);
  }
  return text.trim();
}

/**
 * A table of arrays of equally many rows: one dimension is one column, called as the array; of two dimensions each column
 * is called by the array's name and its number, or by its number alone where there is one array only.
 *
 * @throws InputError where they differ in rows or have more dimensions
 */
export function tableOfArrays(arrays: Record<string, NumpyArray>, name: string): Table {
  const builder = new TableBuilder(name, { word: 'row' });
  const isAlone = Object.keys(arrays).length === 1;
  let rows: number | undefined;
  const columns: ((row: number) => Cell)[] = [];
  for (const [key, array] of Object.entries(arrays)) {
    const { shape } = array;
    const values = (array.dtype && array.integers) ?? array.values;
    if (shape.length === 0 || shape.length > 2) {
      throw new InputError(
        `${name}: the array ${quoted(key)} has ${shape.length} dimensions; a table has one or two.`,
      );
    }
    rows ??= shape[0];
    if (rows !== shape[0]) {
      throw new InputError(
        `${name}: its arrays have ${rows} and ${shape[0]} rows; the numbers must be equal.`,
      );
    }
    const width = shape[1] ?? 1;
    for (let k = 0; k < width; k++) {
      const called = shape.length === 1 ? key : isAlone ? String(k + 1) : `${key} ${k + 1}`;
      builder.addColumn(called);
      columns.push((row) => values[row * width + k]);
    }
  }
  for (let row = 0; row < (rows ?? 0); row++) {
    builder.addRow(
      columns.map((at) => at(row)),
      row + 1,
    );
  }
  return builder.table();
}
