/**
 * NumPy's `.npz`: a ZIP archive of `.npy` arrays, stored without compression, as `numpy.savez` writes it.
 * Layouts: numpy.lib.format (version 1.0) and PKWARE's APPNOTE (local header, central directory, end record).
 */

export interface NpyArray {
  shape: readonly number[];
  dtype: 'float32' | 'float64';
  /** Row-major. */
  values: ArrayLike<number>;
}

/** The bytes of a `.npz` with these arrays. Equal arrays make equal bytes: the archive's clock stands at 1980. */
export function npz(arrays: Record<string, NpyArray>): Uint8Array {
  return zip(Object.entries(arrays).map(([name, array]) => ({ name: `${name}.npy`, content: npy(array) })));
}

/** The bytes of a `.npy`. */
export function npy({ shape, dtype, values }: NpyArray): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const description = `{'descr': '<f${dtype === 'float32' ? 4 : 8}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const prefix = 10; // magic, version, length of the header
  const length = Math.ceil((prefix + description.length + 1) / 64) * 64;
  const header = `${description.padEnd(length - prefix - 1)}\n`;
  const size = dtype === 'float32' ? 4 : 8;
  const bytes = Buffer.alloc(length + values.length * size);
  bytes.write('\x93NUMPY\x01\x00', 0, 'latin1');
  bytes.writeUInt16LE(header.length, 8);
  bytes.write(header, prefix, 'latin1');
  for (let i = 0; i < values.length; i++) {
    if (dtype === 'float32') bytes.writeFloatLE(values[i], length + i * size);
    else bytes.writeDoubleLE(values[i], length + i * size);
  }
  return bytes;
}

interface Entry {
  name: string;
  content: Uint8Array;
}

function zip(entries: Entry[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const common = commonFields(name, content);
    const local = Buffer.concat([words32(0x04034b50), common, Buffer.from(name), content]);
    directory.push(
      Buffer.concat([
        words32(0x02014b50),
        words16(20), // made by version 2.0
        common,
        words16(0, 0, 0), // no comment, first disk, no internal attributes
        words32(0, offset),
        Buffer.from(name),
      ]),
    );
    pieces.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = [
    words32(0x06054b50),
    words16(0, 0, entries.length, entries.length),
    words32(listed.length, offset),
    words16(0),
  ];
  return Buffer.concat([...pieces, listed, ...end]);
}

/** What the local header and the central directory both say of an entry, in the same order. */
const commonFields = (name: string, content: Uint8Array): Buffer =>
  Buffer.concat([
    words16(20, 0, 0, 0, 0x0021), // version 2.0, no flags, stored, midnight of 1980-01-01
    words32(crc32(content), content.length, content.length),
    words16(Buffer.byteLength(name), 0),
  ]);

function words16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeUInt16LE(value, 2 * i));
  return bytes;
}

function words32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeUInt32LE(value, 4 * i));
  return bytes;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 255];
  return ~crc >>> 0;
}
