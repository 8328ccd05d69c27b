/** A small run of a model of tokens on generated sums. */
import { addition } from '../../datasets/sequences.ts';
import { models } from '../../models/index.ts';
import { definitionFor } from '../../src/model/definition.ts';
import { resolveSettings } from '../../src/training/settings.ts';
import type { RunRequest } from '../../src/runs/run.ts';
import type { LoadedDataset } from '../../src/data/dataset.ts';
import { silent } from '../../src/utils/progress.ts';

export async function tokenRequest(
  model: string,
  settings: Record<string, number> = {},
): Promise<RunRequest> {
  const definition = definitionFor(models[model], {});
  const given = { corpus: 'addition', context: 10, steps: 12, batchSize: 4, recordEvery: 1, ...settings };
  const resolved = resolveSettings(definition, given);
  const data = {
    data: 'built-in' as const,
    cacheDir: '',
    seed: 1,
    options: resolved.options,
    progress: silent,
  };
  const dataset = await addition.load(data);
  return { ...resolved, definition, backend: 'cpu', data, dataset: shortened(dataset) };
}

/** Its first rows: the sums are all of one length. */
const shortened = (dataset: LoadedDataset): LoadedDataset => ({
  ...dataset,
  train: {
    ...dataset.train,
    rows: 200,
    inputs: dataset.train.inputs.subarray(0, 2000),
    labels: dataset.train.labels.subarray(0, 2000),
  },
  test: {
    ...dataset.test,
    rows: 20,
    inputs: dataset.test.inputs.subarray(0, 200),
    labels: dataset.test.labels.subarray(0, 200),
  },
});
