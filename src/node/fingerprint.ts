import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { LoadedDataset } from '../core/data/dataset.ts';
import { fingerprintPieces } from '../core/data/fingerprint-pieces.ts';
import { silent } from '../core/progress.ts';
import { isStored } from '../core/data/stored-inputs.ts';

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

async function compute(dataset: LoadedDataset, progress = silent): Promise<string> {
  const hash = createHash('sha256');
  const { train, validation, test } = dataset;
  const total = [train, validation, test].reduce((sum, split) => sum + (split?.inputs.length ?? 0), 0);
  let done = 0;
  for (const { text, values, inputs = 0 } of fingerprintPieces(dataset)) {
    hash.update(text ?? values);
    done += inputs;
    progress.update(task, done, total);
    // Gigabytes on a disk take long: Ctrl-C and the bar must have their turn.
    if (inputs > 0 && done < total) await setImmediate();
  }
  progress.finish(task);
  return hash.digest('hex');
}
