import { type Cell, quoted, type Table, TableBuilder } from '../table/table.ts';
import { InputError } from '../../utils/errors.ts';

/** How an array of NumPy begins: the NPY format, versions 1 to 3 (NumPy Enhancement Proposal 1). */
export const npyMagic = [0x93, ...new TextEncoder().encode('NUMPY')];

/** What the header says; what it does not say, or not in the usual words, is undefined. */
export interface NpyHeader {
  /** `<` little-endian, `>` big-endian, `|` or `=` where it does not matter or is the machine's. */
  order?: string;
  /** Kind and bytes of a value: `f4`, `u1`; of texts `U` and their letters. */
  type?: string;
  isFortran?: boolean;
  shape?: number[];
  /** Where the values begin. */
  end: number;
}

/** Longer ones belong to records, which nothing here reads. */
const mostLetters = 10_000;

export const isNpy = (bytes: Uint8Array): boolean => npyMagic.every((byte, i) => bytes[i] === byte);

/** @returns undefined where the bytes end before the header does */
export function npyHeader(bytes: Uint8Array): NpyHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6] > 1;
  const start = isLong ? 12 : 10;
  if (bytes.length < start) return undefined;
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const end = start + length;
  if (end > bytes.length) return undefined;
  const header = new TextDecoder('latin1').decode(
    bytes.subarray(start, start + Math.min(length, mostLetters)),
  );
  const [, order, type] = /'descr': *'([<>|=])([a-zA-Z]\d+)'/.exec(header) ?? [];
  const [, fortran] = /'fortran_order': *(True|False)/.exec(header) ?? [];
  const [, tuple] = /'shape': *\(([\d, ]*)\)/.exec(header) ?? [];
  return {
    order,
    type,
    isFortran: fortran === undefined ? undefined : fortran === 'True',
    shape: tuple
      ?.split(',')
      .filter((word) => word.trim() !== '')
      .map(Number),
    end,
  };
}

export interface NumpyArray {
  shape: number[];
  /** Row-major. */
  values: ArrayLike<number | bigint | string>;
}

/** By the kind and the bytes of a value. */
const kinds: Record<string, (view: DataView, at: number, little: boolean) => number | bigint> = {
  b1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => view.getBigInt64(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/** @throws InputError where the bytes are no array of numbers or texts, or fewer than its header says */
export function parseNpy(bytes: Uint8Array, name: string): NumpyArray {
  const fail = (what: string): InputError =>
    new InputError(`${name} is no array of NumPy that can be read: ${what}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length <= 12 || !isNpy(bytes)) throw fail('it does not begin as one');
  const header = npyHeader(bytes);
  if (!header) throw fail('it is cut short');
  const { order, type = '', isFortran, shape = [], end } = header;
  const length = shape.reduce((product, n) => product * n, 1);
  const isText = type.startsWith('U');
  const read = kinds[type];
  if (!isText && !read) throw fail('its values are neither numbers nor texts (object arrays are not read)');
  const width = Number(type.slice(1)) * (isText ? 4 : 1);
  if (length * width > bytes.length - end) throw fail('it is cut short');
  const little = order !== '>';
  const valueAt = (i: number): number | bigint | string =>
    isText ? textFrom(view, end + i * width, width, little) : read(view, end + i * width, little);
  const [rows, columns] = [shape[0] ?? 1, length / (shape[0] ?? 1)];
  // In Fortran's order the first index runs fastest; of two dimensions that is a transpose.
  if (isFortran && shape.length > 2) throw fail('it has more than two dimensions in Fortran order');
  const place = (i: number) => (isFortran ? (i % columns) * rows + Math.floor(i / columns) : i);
  return { shape, values: Array.from({ length }, (_, i) => valueAt(place(i))) };
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
  const builder = new TableBuilder(name, 'row');
  const isAlone = Object.keys(arrays).length === 1;
  let rows: number | undefined;
  const columns: ((row: number) => Cell)[] = [];
  for (const [key, { shape, values }] of Object.entries(arrays)) {
    if (shape.length === 0 || shape.length > 2) {
      throw new InputError(
        `${name}: the array ${quoted(key)} has ${shape.length} dimensions, a table has one or two.`,
      );
    }
    rows ??= shape[0];
    if (rows !== shape[0]) {
      throw new InputError(`${name}: its arrays have ${rows} and ${shape[0]} rows; they must be as many.`);
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
