import { digitFromPicture } from '../data/digit-picture.ts';
import { InputError } from '../utils/errors.ts';
import { decodeImage } from './image.ts';
import type { TakesRows } from '../evaluation/predict.ts';

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
