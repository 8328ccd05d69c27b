/** Arrays in bytes, the as files store them. */
import { InputError } from '../../utils/errors.ts';

/** An array with the precision that it is, or was, kept in. */
export interface NamedArray {
  shape: readonly number[];
  dtype: 'float32' | 'float64';
  /** Row-major. */
  values: ArrayLike<number>;
}

export type Arrays = Record<string, NamedArray>;

/** A file of arrays, with the text that goes with them. */
export interface ArrayFile {
  arrays: Arrays;
  metadata: Record<string, string>;
}

const widths = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint64: 8,
  uint32: 4,
  uint16: 2,
  uint8: 1,
};
export type ElementType = keyof typeof widths;

export const widthOf = (type: ElementType): number => widths[type];

/** No model that fits into a weights.json has more. */
export const maxValues = 16e6;

/** Half precision: 1 bit of sign, 5 of exponent, 10 of fraction (IEEE 754). */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const readers: Record<ElementType, (view: DataView, at: number, little: boolean) => number> = {
  float64: (view, at, little) => view.getFloat64(at, little),
  float32: (view, at, little) => view.getFloat32(at, little),
  float16: (view, at, little) => halfOf(view.getUint16(at, little)),
  // The upper half of a float32.
  bfloat16(view, at, little) {
    const bits = new DataView(new ArrayBuffer(4));
    bits.setUint32(0, view.getUint16(at, little) * 65536);
    return bits.getFloat32(0);
  },
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  int32: (view, at, little) => view.getInt32(at, little),
  int16: (view, at, little) => view.getInt16(at, little),
  int8: (view, at) => view.getInt8(at),
  uint64: (view, at, little) => Number(view.getBigUint64(at, little)),
  uint32: (view, at, little) => view.getUint32(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  uint8: (view, at) => view.getUint8(at),
};

/**
 * An array from exactly the bytes that it should have.
 *
 * @param where for messages
 * @param little whether the lowest byte is first
 * @throws InputError where their number is another one
 */
export function arrayFrom(
  bytes: Uint8Array,
  type: ElementType,
  shape: number[],
  where: string,
  little = true,
): NamedArray {
  const size = shape.reduce((product, length) => product * length, 1);
  if (
    shape.some((length) => !Number.isSafeInteger(length) || length < 0) ||
    size * widths[type] !== bytes.length
  ) {
    const shown = shape.slice(0, 8).join(', ');
    throw new InputError(`${where} has ${bytes.length} bytes, which do not fit ${type} of shape [${shown}].`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float64Array.from({ length: size }, (_, i) => readers[type](view, i * widths[type], little));
  return { shape, dtype: type === 'float64' ? 'float64' : 'float32', values };
}

export function bytesOf({ dtype, values }: NamedArray): Uint8Array {
  const width = widths[dtype];
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (dtype === 'float32') view.setFloat32(i * width, values[i], true);
    else view.setFloat64(i * width, values[i], true);
  }
  return bytes;
}
