/**
 * The IDX format of the MNIST files: a magic number `00 00 08 rank`, one big-endian 32-bit size per dimension,
 * then the unsigned bytes, last dimension fastest. See http://yann.lecun.com/exdb/mnist (Y. LeCun, C. Cortes).
 */
import { InputError } from '../../utils/errors.ts';
import type { Examples } from '../dataset.ts';

export interface IdxHeader {
  /** Sizes, outermost first: `[images, height, width]` or `[labels]`. */
  readonly shape: readonly number[];
  /** Bytes before the first value. */
  readonly offset: number;
  /** Number of values, which is the number of bytes that must follow. */
  readonly values: number;
}

/** The names of the other element types, for a message that helps. */
const elementTypes: Record<number, string> = {
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: '32-bit floats',
  0x0e: '64-bit floats',
};

/**
 * Reads the header alone, from the beginning of a file.
 *
 * @param name The file, for messages.
 * @param rank The number of dimensions it must have: 3 for images, 1 for labels.
 * @throws InputError naming the file and the byte that is wrong.
 */
export function parseIdxHeader(bytes: Uint8Array, name: string, rank: number): IdxHeader {
  const fail = (byte: number, problem: string) => new InputError(`${name}, byte ${byte}: ${problem}`);
  const offset = 4 + 4 * rank;
  if (bytes.length < 4) throw fail(bytes.length, 'the file ends inside the magic number of an IDX file');
  if (bytes[0] !== 0 || bytes[1] !== 0) {
    throw fail(bytes[0] === 0 ? 1 : 0, 'this is not an IDX file, which begins with two zero bytes');
  }
  if (bytes[2] !== 0x08) {
    const type = elementTypes[bytes[2]] ?? `unknown type 0x${bytes[2].toString(16).padStart(2, '0')}`;
    throw fail(2, `the values are ${type}, expected unsigned bytes (0x08)`);
  }
  if (bytes[3] !== rank) throw fail(3, `the data has ${bytes[3]} dimensions, expected ${rank}`);
  if (bytes.length < offset) {
    throw fail(bytes.length, `the file ends inside its header of ${offset} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, offset);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const empty = shape.indexOf(0);
  if (empty >= 0) throw fail(4 + 4 * empty, 'a dimension is 0, so the file holds no data');
  return { shape, offset, values: shape.reduce((product, size) => product * size) };
}

/**
 * The length that a file must have by its own header, for a limit on what is unpacked.
 *
 * @param beginning At least the header.
 * @throws InputError where the header is wrong or promises more than `maxBytes`.
 */
export function idxFileLength(beginning: Uint8Array, name: string, rank: number, maxBytes: number): number {
  const { shape, offset, values } = parseIdxHeader(beginning, name, rank);
  if (offset + values > maxBytes) {
    throw new InputError(
      `${name}, byte 4: the header (${shape.join('×')}) makes ${offset + values} bytes, at most ${maxBytes} are read`,
    );
  }
  return offset + values;
}

export interface Idx {
  readonly shape: readonly number[];
  /** A view of the file's bytes, not a copy. */
  readonly values: Uint8Array;
}

/**
 * Reads a whole, uncompressed IDX file of unsigned bytes.
 *
 * @throws InputError where the header is wrong or the length is not exactly what the header says.
 */
export function parseIdx(bytes: Uint8Array, name: string, rank: number): Idx {
  const { shape, offset, values } = parseIdxHeader(bytes, name, rank);
  const expected = offset + values;
  if (bytes.length === expected) return { shape, values: bytes.subarray(offset) };
  const problem = bytes.length < expected ? 'the file ends too early' : 'bytes follow the end of the data';
  throw new InputError(
    `${name}, byte ${Math.min(bytes.length, expected)}: ${problem}; ` +
      `its header (${shape.join('×')}) makes ${expected} bytes, the file has ${bytes.length}`,
  );
}

/**
 * Reads a file of labels.
 *
 * @returns `[labels]`, each 0 … classes − 1.
 * @throws InputError naming the first label that is out of range.
 */
export function parseIdxLabels(bytes: Uint8Array, name: string, classes: number): Uint8Array {
  const { values } = parseIdx(bytes, name, 1);
  const wrong = values.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new InputError(
      `${name}, byte ${bytes.length - values.length + wrong}: label ${wrong} is ${values[wrong]}, ` +
        `expected 0 to ${classes - 1}`,
    );
  }
  return values;
}

/**
 * Reads a file of images of one known size.
 *
 * @returns `[images × height × width]` grey values, row by row.
 * @throws InputError where the images have another size.
 */
export function parseIdxImages(bytes: Uint8Array, name: string, height: number, width: number): Uint8Array {
  const { shape, values } = parseIdx(bytes, name, 3);
  if (shape[1] === height && shape[2] === width) return values;
  throw new InputError(
    `${name}, byte ${shape[1] === height ? 12 : 8}: the images are ${shape[1]}×${shape[2]}, ` +
      `expected ${height}×${width}`,
  );
}

/** The unpacked bytes of a file, and its name for messages. */
export interface IdxFile {
  bytes: Uint8Array;
  name: string;
}

/** Digits in MNIST's format. @throws InputError as {@link parseIdxImages}, or if there is not one label for each image */
export function parseDigits(images: IdxFile, labels: IdxFile): Examples {
  const classes = parseIdxLabels(labels.bytes, labels.name, 10);
  const inputs = parseIdxImages(images.bytes, images.name, 28, 28);
  const [rows, features] = [classes.length, 784];
  if (inputs.length === rows * features) return { rows, features, inputs, divisor: 255, labels: classes };
  throw new InputError(
    `${images.name} holds ${inputs.length / features} images, ${labels.name} ${rows} labels; they must be as many`,
  );
}
