/**
 * The stages of a run that write nothing: its data is loaded, then it is trained.
 */
import { datasetFor, datasets } from '../../datasets/index.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { RandomState } from '../utils/random.ts';
import type { TrainingOptions } from '../training/types.ts';
import { trainRun as trainReady, type Trained } from '../estimator/fit.ts';
import { checkParameters } from '../weights/weights.ts';
import { identityOf } from './identity.ts';
import type { LoadedRun, RunRequest } from './request.ts';

export { scoreRun } from '../estimator/fit.ts';

/** @throws InputError for bad options or data */
export async function loadRun(request: RunRequest): Promise<LoadedRun> {
  const { entry, options, asPrinted } = request;
  const dataset = request.dataset ?? (await loadDataset(request));
  const model = entry.create({ ...options, asPrinted, classes: dataset.classNames.length });
  const { start } = request;
  if (start?.parameters) {
    const { features } = dataset.train;
    const shape = { features, classes: dataset.classNames.length, random: new RandomState(0) };
    checkParameters(start.parameters, model.initial(shape), start.file);
  }
  return { request, model, dataset, identity: identityOf(request, dataset) };
}

type DataOfRun = Pick<RunRequest, 'entry' | 'data' | 'recipe'>;

/** The model's own dataset or the user's, by the seed of the run. @throws InputError */
export const loadDataset = ({ entry, data, recipe }: DataOfRun): Promise<LoadedDataset> =>
  datasetFor(entry, data).load({ ...data, seed: recipe.seed });

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
