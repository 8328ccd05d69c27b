/**
 * Any picture file as plain pixels, decoded by sharp. The pictures that a model learns from and those that it is
 * asked about go through here alike.
 */
import { basename } from 'node:path';
import { digitFromPicture } from '../data/digit-picture.ts';
import type { TakesRows } from '../data/row-from-values.ts';
import { readLimited } from './files.ts';
import { InputError } from '../utils/errors.ts';

/** A large photograph has 50 megapixels. */
const maxPixels = 60e6;
/** As of a JPEG. The decoder holds whole rows, many times over. */
const maxSide = 65_535;
export const maxFileBytes = 64 * 1024 ** 2;
const maxSeconds = 30;

export interface Pixels {
  /** `[height, width, channels]`, row-major, 0 … 255. */
  pixels: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

export interface DecodeOptions {
  /** Four channels, the fourth the opacity, in place of three with all that is transparent in white. */
  alpha?: boolean;
  /** One channel in place of three. */
  grey?: boolean;
  /** The exact size in pixels; the whole picture is squeezed or stretched into it, its aspect is not kept. */
  resize?: { width: number; height: number };
}

/**
 * The beginnings of the formats that are read. The list keeps SVG and its like from the decoder: they are programs
 * for drawing, which can be endless or name other files.
 */
const signatures: [beginning: string, offset: number][] = [
  ['\xff\xd8\xff', 0], // JPEG
  ['\x89PNG\r\n\x1a\n', 0],
  ['WEBP', 8],
  ['GIF8', 0],
  ['II*\0', 0], // TIFF
  ['MM\0*', 0],
  ['ftypavi', 4], // AVIF
];

const startOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 16)).toString('latin1');

/** Whether a file begins as pictures in the formats that are read do. */
export const beginsAsPicture = (bytes: Uint8Array): boolean =>
  signatures.some(([sign, offset]) => startOf(bytes).startsWith(sign, offset));

/**
 * Decodes JPEG, PNG, WebP, GIF, AVIF or TIFF: turned upright as EXIF says, transparency over white, any color
 * space to sRGB or grey, of an animation the first frame.
 *
 * @throws InputError naming the file when it is missing, too large or no picture
 */
export async function decodeImage(path: string, options: DecodeOptions = {}): Promise<Pixels> {
  return decodeBytes(await readLimited(path, maxFileBytes), basename(path), options);
}

/**
 * Decodes the content of a picture file, see {@link decodeImage}.
 *
 * @param name the file, for messages
 */
export async function decodeBytes(
  bytes: Uint8Array,
  name: string,
  { alpha = false, grey = false, resize }: DecodeOptions = {},
): Promise<Pixels> {
  if (!beginsAsPicture(bytes)) {
    throw cannotRead(name, 'it is not a picture in a known format (JPEG, PNG, WebP, GIF, AVIF, TIFF)');
  }
  const { default: sharp } = await import('sharp');
  try {
    const { width, height, depth = '' } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (Math.max(width, height) > maxSide || width * height > maxPixels) {
      throw cannotRead(
        name,
        `it has ${width}×${height} pixels; at most ${maxSide} per side and ${maxPixels / 1e6} megapixels are allowed`,
      );
    }
    // Of other types nobody knows which number is white, and those of 32 bits would overflow.
    if (/^(II\*\0|MM\0\*)/.test(startOf(bytes)) && !['uchar', 'ushort'].includes(depth)) {
      throw cannotRead(
        name,
        `its pixels have the type ${depth}; save it with 8 or 16 bits per channel, unsigned`,
      );
    }
    let image = sharp(bytes, { limitInputPixels: maxPixels })
      .timeout({ seconds: maxSeconds })
      .autoOrient()
      .toColourspace('srgb');
    image = alpha ? image.ensureAlpha() : image.flatten({ background: '#ffffff' });
    if (resize) image = image.resize({ ...resize, fit: 'fill' });
    if (grey) image = image.toColourspace('b-w');
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { pixels: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw cannotRead(name, `it is broken (${(error as Error).message.split('\n')[0]})`);
  }
}

const cannotRead = (name: string, why: string) => new InputError(`Cannot read ${name} as an image: ${why}.`);

/** One row from a picture file, as the weights' preprocessing says. @throws InputError naming the file */
export async function rowFromImage({ file, features }: TakesRows, path: string): Promise<Float64Array> {
  const { preprocessing } = file;
  if (preprocessing.kind !== 'image') {
    throw new InputError(
      `The model ${file.model} takes ${features} numbers (--values), not pictures such as ${path}.`,
    );
  }
  const { height, width, channels, divisor, resized } = preprocessing;
  const grey = channels === 1;
  const pixels =
    grey && !resized
      ? await readDigit(path)
      : (await decodeImage(path, { resize: { width, height }, grey })).pixels;
  if (pixels.length !== features) {
    throw new InputError(
      `${path} makes ${pixels.length} numbers of pixels, but the model ${file.model} takes ${features}.`,
    );
  }
  return Float64Array.from(pixels, (pixel) => pixel / divisor);
}

async function readDigit(path: string): Promise<Uint8Array> {
  const { pixels: data, width, height } = await decodeImage(path, { alpha: true });
  const digit = digitFromPicture({ data, width, height });
  if (!digit) throw new InputError(`${path} shows no digit: all its pixels are alike.`);
  return digit;
}
