/**
 * The stages of a run that write nothing: its data is loaded, then it is trained.
 */
import { datasets } from '../../datasets/index.ts';
import type { Dataset, LoadedDataset } from '../core/data/dataset.ts';
import { InputError } from '../core/errors.ts';
import type { TrainingOptions } from '../core/training/types.ts';
import { trainRun as trainReady, type Trained } from '../saved/train-run.ts';
import { identityOf } from './identity.ts';
import type { LoadedRun, RunRequest } from './request.ts';

export { scoreRun } from '../saved/train-run.ts';

/** @throws InputError for bad options or data */
export async function loadRun(request: RunRequest): Promise<LoadedRun> {
  const { entry, options, asPrinted } = request;
  const dataset = request.dataset ?? (await loadDataset(request));
  const model = entry.create({ ...options, asPrinted, classes: dataset.classNames.length });
  return { request, model, dataset, identity: await identityOf(request, dataset) };
}

type DataOfRun = Pick<RunRequest, 'entry' | 'data' | 'recipe'>;

/** The model's own dataset, by the seed of the run. @throws InputError */
export const loadDataset = (request: DataOfRun): Promise<LoadedDataset> =>
  ownDataset(request).load({ ...request.data, seed: request.recipe.seed });

function ownDataset({ entry }: DataOfRun): Dataset {
  if (Object.hasOwn(datasets, entry.dataset)) return datasets[entry.dataset];
  throw new InputError(
    `The zoo has no dataset "${entry.dataset}" for the model ${entry.name}: give its data.`,
  );
}

/** @throws InputError when the backend's memory does not suffice */
export const trainRun = (loaded: LoadedRun, options?: Partial<TrainingOptions>): Promise<Trained> =>
  trainReady(
    loaded,
    (name, options) => {
      const { data, recipe } = loaded.request;
      return datasets[name].load({ ...data, seed: recipe.seed, options });
    },
    options,
  );
