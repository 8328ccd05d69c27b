/**
 * What a user gives to a trained model, turned into a row as its weights' preprocessing says.
 */
import type { Preprocessing } from '../data/dataset.ts';
import { InputError } from '../errors.ts';

/** A trained model, as far as its inputs go. */
export interface TakesRows {
  file: { model: string; preprocessing: Preprocessing };
  /** Numbers in one row. */
  features: number;
}

/** One row from raw numbers, standardised if the model was trained so. @param where for messages */
export function rowFromValues({ file, features }: TakesRows, values: unknown, where: string): Float64Array {
  if (
    !Array.isArray(values) ||
    !Array.from(values).every((v): v is number => typeof v === 'number' && Number.isFinite(v))
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
