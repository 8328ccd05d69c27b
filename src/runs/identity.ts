/** What makes a run the run it is, found out before it begins. */
import type { LoadedDataset } from '../data/dataset.ts';
import { environment } from '../node/environment.ts';
import { fingerprintOf } from '../node/fingerprint.ts';
import type { RunIdentity } from '../weights/run-record.ts';
import type { RunRequest } from './request.ts';

export function identityOf(request: RunRequest, dataset: LoadedDataset): RunIdentity {
  const { entry, options, asPrinted, gradients, backend, recipe, recordEvery, start } = request;
  const { name, source, standIn, files, own } = dataset;
  const fingerprint = fingerprintOf(dataset);
  return {
    model: entry.name,
    ...(entry.file && { modelFile: entry.file }),
    ...(start && { start: { file: start.file, sha256: start.sha256 } }),
    options,
    asPrinted,
    dataset: { name, source, standIn, files, ...(own && { own }), fingerprint },
    gradients,
    backend,
    recipe,
    recordEvery,
    environment: environment(),
  };
}
