/**
 * NumPy's `.npz`: a ZIP archive of `.npy` arrays, which is written without compression, as `numpy.savez` does it.
 * The layout of `.npy` is numpy.lib.format, version 1.0.
 */
import { unzipSync, zipSync } from 'fflate';
import { InputError } from '../../utils/errors.ts';
import { npyMagic, type NumpyArray, parseNpy } from './npy.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { bytesOf, maxValues, type Arrays, type NamedArray } from './arrays.ts';

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

/**
 * @param maxBytes of the unpacked arrays
 * @throws InputError unless it is an archive of arrays that unpacks to at most `maxBytes`
 */
export function readNpz(bytes: Uint8Array, name: string, maxBytes: number): Record<string, NumpyArray> {
  let unpacked = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name: file, originalSize }) {
        unpacked += originalSize;
        if (unpacked > maxBytes)
          throw new InputError(`${name} unpacks to more than the ${maxBytes} bytes allowed.`);
        return file.endsWith('.npy');
      },
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${name} is not a valid .npz archive: ${sanitizeForTerminal((error as Error).message)}.`,
    );
  }
  const arrays = Object.entries(files).map(([file, content]) => {
    const key = file.slice(0, -'.npy'.length);
    return [key, parseNpy(content, `${name}: the array ${sanitizeForTerminal(key, 60)}`)] as const;
  });
  return Object.fromEntries(arrays);
}

/** The parameters of a model. @throws InputError as {@link readNpz}, and for an array of texts */
export function decodeNpz(bytes: Uint8Array, name: string): Arrays {
  const arrays = Object.entries(readNpz(bytes, name, 8 * maxValues)).map(([key, array]) => {
    if (array.dtype) return [key, array] as const;
    throw new InputError(`${name}: the array ${sanitizeForTerminal(key, 60)} has texts, expected numbers.`);
  });
  return Object.fromEntries(arrays);
}
