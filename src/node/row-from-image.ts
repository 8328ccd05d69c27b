import { InputError } from '../core/errors.ts';
import { readDigit } from './digit-image.ts';
import { decodeImage } from './image.ts';
import type { TakesRows } from '../core/scoring/row-from-values.ts';

/** One row from a picture file, as the weights' preprocessing says. @throws InputError naming the file */
export async function rowFromImage({ file, features }: TakesRows, path: string): Promise<Float64Array> {
  const { preprocessing } = file;
  if (preprocessing.kind !== 'image') {
    throw new InputError(
      `The model ${file.model} takes ${features} numbers (--values), not pictures such as ${path}.`,
    );
  }
  const { height, width, channels, divisor } = preprocessing;
  const pixels =
    channels === 1 ? await readDigit(path) : (await decodeImage(path, { resize: { width, height } })).pixels;
  if (pixels.length !== features) {
    throw new InputError(
      `${path} makes ${pixels.length} numbers of pixels, but the model ${file.model} takes ${features}.`,
    );
  }
  return Float64Array.from(pixels, (pixel) => pixel / divisor);
}
