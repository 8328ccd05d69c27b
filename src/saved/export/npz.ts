/**
 * NumPy's `.npz`: a ZIP archive of `.npy` arrays, stored without compression, as `numpy.savez` writes it.
 * The layout of `.npy` is numpy.lib.format, version 1.0.
 */
import { zipSync } from 'fflate';

export interface NpyArray {
  shape: readonly number[];
  dtype: 'float32' | 'float64';
  /** Row-major. */
  values: ArrayLike<number>;
}

/** Midnight on the first day that a ZIP archive can tell. */
const archiveTime = new Date(1980, 0, 1);

/** The bytes of a `.npz` with these arrays. Equal arrays make equal bytes: the archive's clock stands at 1980. */
export function npz(arrays: Record<string, NpyArray>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)] as const);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: archiveTime });
}

/** The bytes of a `.npy`. */
export function npy({ shape, dtype, values }: NpyArray): Uint8Array {
  const size = dtype === 'float32' ? 4 : 8;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const description = `{'descr': '<f${size}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = 10; // magic, version, length of the header
  const length = Math.ceil((prefix + description.length + 1) / 64) * 64;
  const header = `${description.padEnd(length - prefix - 1)}\n`;
  const bytes = new Uint8Array(length + values.length * size);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY\x01\x00')]);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), prefix);
  for (let i = 0; i < values.length; i++) {
    if (dtype === 'float32') view.setFloat32(length + i * size, values[i], true);
    else view.setFloat64(length + i * size, values[i], true);
  }
  return bytes;
}
