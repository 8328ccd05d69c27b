import { createHash } from 'node:crypto';
import type { Examples, LoadedDataset } from './dataset.ts';

/**
 * SHA-256 over every number of a dataset as it is trained on: equal for equal data, wherever it came from. It also
 * covers data that has no files, such as drawn points and stand-ins.
 */
export function fingerprintOf({ train, validation, test }: LoadedDataset): string {
  const hash = createHash('sha256');
  const add = (name: string, { rows, features, divisor, inputs, labels }: Examples) => {
    hash.update(`${name} ${rows} ${features} ${divisor} ${inputs.BYTES_PER_ELEMENT};`);
    hash.update(inputs);
    hash.update(labels);
  };
  add('train', train);
  if (validation) add('validation', validation);
  add('test', test);
  return hash.digest('hex');
}
