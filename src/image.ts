/**
 * Any picture file as plain pixels, decoded by sharp.
 */
import { basename } from 'node:path';
import { InputError } from './errors.ts';
import { readLimited } from './files.ts';

/** A large photograph has 50 megapixels. */
export const mostPixels = 60e6;
export const mostFileBytes = 64 * 1024 ** 2;

export interface Pixels {
  /** `[height, width, channels]`, row-major, 0 … 255. */
  pixels: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

/**
 * Decodes JPEG, PNG, WebP, GIF, AVIF, TIFF or SVG: turned upright as EXIF says, transparency over white, any colour
 * space to sRGB or grey.
 *
 * @param resize exact size in pixels; the aspect is not kept
 * @throws InputError naming the file when it is missing, too large or no picture
 */
export async function decodeImage(
  path: string,
  { greyscale = false, resize }: { greyscale?: boolean; resize?: { width: number; height: number } } = {},
): Promise<Pixels> {
  const bytes = await readLimited(path, mostFileBytes);
  const { default: sharp } = await import('sharp');
  try {
    let image = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' })
      .rotate()
      .flatten({ background: '#ffffff' })
      .toColourspace(greyscale ? 'b-w' : 'srgb');
    if (greyscale) image = image.greyscale();
    if (resize) image = image.resize({ ...resize, fit: 'fill' });
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { pixels: new Uint8Array(data), width: info.width, height: info.height, channels: info.channels };
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    const why = /pixel limit/.test(reason)
      ? `it has more than ${mostPixels / 1e6} megapixels`
      : /unsupported image format/.test(reason)
        ? 'it is not a picture in a known format'
        : `it is broken (${reason})`;
    throw new InputError(`Cannot read ${basename(path)} as an image: ${why}.`);
  }
}
