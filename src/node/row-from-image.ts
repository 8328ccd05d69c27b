/**
 * What a user gives to `predict`, turned into rows as the weights' preprocessing says.
 */
import { InputError } from '../core/errors.ts';
import { readDigit } from './digit-image.ts';
import { decodeImage } from './image.ts';
import type { SavedModel } from '../saved/saved-model.ts';

/** One row from a picture file. */
export async function rowFromImage({ file, features }: SavedModel, path: string): Promise<Float64Array> {
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

/** One row from raw numbers, standardised if the model was trained so. @param where for messages */
export function rowFromValues({ file, features }: SavedModel, values: unknown, where: string): Float64Array {
  if (
    !Array.isArray(values) ||
    !values.every((v): v is number => typeof v === 'number' && Number.isFinite(v))
  ) {
    throw new InputError(`${where} must be a list of finite numbers.`);
  }
  if (values.length !== features) {
    throw new InputError(`${where} has ${values.length} numbers; the model ${file.model} takes ${features}.`);
  }
  const { preprocessing } = file;
  if (preprocessing.kind === 'standardise') {
    return Float64Array.from(values, (v, i) => (v - preprocessing.mean[i]) / preprocessing.scale[i]);
  }
  if (preprocessing.kind === 'image') return Float64Array.from(values, (v) => v / preprocessing.divisor);
  return Float64Array.from(values);
}
