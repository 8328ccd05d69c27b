import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Examples, type LoadedDataset } from '../core/data/dataset.ts';
import { silent } from '../core/progress.ts';
import { isStored, piecesOf } from '../core/data/stored-inputs.ts';

const known = new WeakMap<LoadedDataset, Promise<string>>();

/**
 * SHA-256 over every number of a dataset as it is trained on: equal for equal data, wherever it came from and wherever
 * it is. It also covers data that has no files, such as drawn points and stand-ins. Computed once for a dataset on a disk.
 */
export function fingerprintOf(dataset: LoadedDataset, progress = silent): Promise<string> {
  // What is in memory is read quickly, and a program may have changed it.
  if (!isStored(dataset)) return compute(dataset, progress);
  const fingerprint = known.get(dataset) ?? compute(dataset, progress);
  known.set(dataset, fingerprint);
  return fingerprint;
}

const task = 'reading the data';

async function compute({ train, validation, test }: LoadedDataset, progress = silent): Promise<string> {
  const hash = createHash('sha256');
  const splits = { train, ...(validation && { validation }), test };
  const total = Object.values(splits).reduce((sum, { inputs }) => sum + inputs.length, 0);
  let done = 0;
  const add = async (name: string, examples: Examples) => {
    const { rows, features, divisor, inputs, labels } = examples;
    hash.update(`${name} ${rows} ${features} ${divisor} ${inputs.BYTES_PER_ELEMENT};`);
    for (const piece of piecesOf(examples)) {
      hash.update(piece);
      done += piece.length;
      progress.update(task, done, total);
      // Gigabytes on a disk take long: Ctrl-C and the bar must have their turn.
      if (done < total) await setImmediate();
    }
    hash.update(labels);
  };
  for (const [name, examples] of Object.entries(splits)) await add(name, examples);
  progress.finish(task);
  return hash.digest('hex');
}
