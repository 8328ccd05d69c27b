/** Rows that a model was tested on, as they were before they were prepared. */
import { atHand } from '../../datasets/acquire/obtain.ts';
import { datasets } from '../../datasets/index.ts';
import { published } from '../../datasets/published.ts';
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import { ownInTraining } from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';

const maxRows = 1000;

/** The first test rows of the model's dataset, if it is available without a download and without drawing synthetic data. */
export async function storedRows(
  { definition, file, features }: SavedModel,
  request: DataRequest,
): Promise<number[][]> {
  // Random tokens are as good as a text's.
  if (file.preprocessing.kind === 'tokens') return [];
  if (ownInTraining(file.training) || !Object.hasOwn(datasets, definition.dataset)) return [];
  const real = Object.hasOwn(published, definition.dataset)
    ? await atHand(published[definition.dataset as keyof typeof published], request)
    : 'computed';
  if (real === undefined) return [];
  const seed = typeof file.training.seed === 'number' ? file.training.seed : request.seed;
  const dataset = await datasets[definition.dataset].load({ ...request, seed });
  return dataset.test.features === features ? rawRows(dataset, maxRows) : [];
}

function rawRows({ test, preprocessing }: LoadedDataset, most: number): number[][] {
  const { features, inputs } = test;
  return Array.from({ length: Math.min(test.rows, most) }, (_, row) => {
    const values = Array.from(inputs.subarray(row * features, (row + 1) * features));
    return preprocessing.kind === 'standardise'
      ? values.map((z, i) => preprocessing.mean[i] + z * preprocessing.scale[i])
      : values;
  });
}
