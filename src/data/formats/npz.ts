/**
 * NumPy's `.npz`: a ZIP archive of `.npy` arrays, which is written without compression, as `numpy.savez` does it.
 * The layout of `.npy` is numpy.lib.format, version 1.0.
 */
import { unzipSync, zipSync } from 'fflate';
import { InputError } from '../../utils/errors.ts';
import { isNpy, npyHeader, npyMagic } from './npy.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { arrayFrom, bytesOf, mostValues, type Arrays, type ElementType, type NamedArray } from './arrays.ts';

/** Midnight on the first day that a ZIP archive can tell. */
const archiveTime = new Date(1980, 0, 1);

/** The bytes of a `.npz` with these arrays. Equal arrays make equal bytes: the archive's clock stands at 1980. */
export function encodeNpz(arrays: Arrays): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: archiveTime });
}

/** The bytes of a `.npy`. */
function encodeNpy(array: NamedArray): Uint8Array {
  const { shape, dtype } = array;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const width = dtype === 'float32' ? 4 : 8;
  const description = `{'descr': '<f${width}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = 10; // magic, version, length of the header
  const length = Math.ceil((prefix + description.length + 1) / 64) * 64;
  const header = `${description.padEnd(length - prefix - 1)}\n`;
  const data = bytesOf(array);
  const bytes = new Uint8Array(length + data.length);
  bytes.set([...npyMagic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), prefix);
  bytes.set(data, length);
  return bytes;
}

/** @throws InputError where it is no archive of arrays, or one that unpacks to more than a model can have */
export function decodeNpz(bytes: Uint8Array, name: string): Arrays {
  let unpacked = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name: file, originalSize }) {
        unpacked += originalSize;
        if (unpacked > 8 * mostValues)
          throw new InputError(`${name} is refused: it unpacks to more than ${8 * mostValues} bytes.`);
        return file.endsWith('.npy');
      },
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${name} is no .npz archive, or a damaged one: ${sanitizeForTerminal((error as Error).message)}.`,
    );
  }
  const arrays = Object.entries(files).map(([file, content]) => {
    const key = file.slice(0, -'.npy'.length);
    return [key, decodeNpy(content, `${name}: the array ${sanitizeForTerminal(key, 60)}`)] as const;
  });
  return Object.fromEntries(arrays);
}

const kinds: Record<string, ElementType | undefined> = {
  f8: 'float64',
  f4: 'float32',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u1: 'uint8',
};

/** @param where for messages */
export function decodeNpy(bytes: Uint8Array, where: string): NamedArray {
  if (!isNpy(bytes)) throw new InputError(`${where} is no NumPy array.`);
  const header = npyHeader(bytes);
  if (!header) throw new InputError(`${where} is cut short.`);
  const { order, type: kind = '', isFortran, shape, end } = header;
  const type = order === '<' || order === '|' ? kinds[kind] : undefined;
  if (!type || shape === undefined)
    throw new InputError(`${where} has a type that is not read: plain numbers of little-endian order are.`);
  const data = bytes.subarray(end);
  if (isFortran === false || shape.length < 2) return arrayFrom(data, type, shape, where);
  const turned = arrayFrom(data, type, shape.toReversed(), where);
  return { ...turned, shape, values: rowMajor(turned.values, shape) };
}

/** From columns first, as Fortran has it. */
function rowMajor(values: ArrayLike<number>, shape: number[]): Float64Array {
  const steps = shape.map((_, d) => shape.slice(0, d).reduce((product, length) => product * length, 1));
  const at = shape.map(() => 0);
  return Float64Array.from({ length: values.length }, () => {
    const value = values[at.reduce((sum, i, d) => sum + i * steps[d], 0)];
    for (let d = shape.length - 1; d >= 0 && ++at[d] === shape[d]; d--) at[d] = 0;
    return value;
  });
}
