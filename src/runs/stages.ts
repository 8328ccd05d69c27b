/**
 * The parts of a run that write nothing: load, train, score.
 */
import { trainComposition } from '../core/training/composition.ts';
import type { Dataset } from '../core/data/dataset.ts';
import { InputError } from '../core/errors.ts';
import { evaluate } from '../core/scoring/evaluate.ts';
import { gradientSources } from '../core/gradients/index.ts';
import { checkMemory } from '../backend/wasm/memory-estimate.ts';
import { disposeAll, toVariables, type ParameterSet } from '../core/parameters.ts';
import { identityOf } from './identity.ts';
import type { RunReport, RunStatus } from '../saved/run-facts.ts';
import type { LoadedRun, RunRequest } from './request.ts';
import { train } from '../core/training/train.ts';
import { DivergedError, type TrainingOptions, type TrainingResult } from '../core/training/types.ts';
import type { OptionValue } from '../core/entry.ts';
import { datasets } from '../../datasets/index.ts';

/** @throws InputError for bad options or data */
export async function loadRun(request: RunRequest): Promise<LoadedRun> {
  const { entry, options, asPrinted, recipe } = request;
  const model = entry.create({ ...options, asPrinted });
  const dataset = request.dataset ?? (await ownDataset(request).load({ ...request.data, seed: recipe.seed }));
  return { request, model, dataset, identity: await identityOf(request, dataset) };
}

function ownDataset({ entry }: RunRequest): Dataset {
  if (Object.hasOwn(datasets, entry.dataset)) return datasets[entry.dataset];
  throw new InputError(
    `The zoo has no dataset "${entry.dataset}" for the model ${entry.name}: give its data.`,
  );
}

export interface Trained {
  status: RunStatus;
  result: TrainingResult;
  /** Set when the status is `diverged`. */
  diverged?: DivergedError;
}

/**
 * @param options beside those of the request
 * @throws InputError when the backend's memory does not suffice
 */
export async function trainRun(loaded: LoadedRun, options: Partial<TrainingOptions> = {}): Promise<Trained> {
  const { request, model, dataset } = loaded;
  if (request.backend === 'wasm') checkMemory(model, dataset, request.recipe, request.gradients);
  try {
    const training: TrainingOptions = {
      recipe: request.recipe,
      gradients: gradientSources[request.gradients],
      classes: dataset.classNames.length,
      recordEvery: request.recordEvery,
      dataMemory: request.data.dataMemory,
      ...request.hooks,
      ...options,
    };
    const { composition } = request.entry;
    if (composition) {
      const load = (options: Record<string, OptionValue>) =>
        datasets[composition.of.dataset].load({ ...request.data, seed: request.recipe.seed, options });
      const result = await trainComposition(model, composition, dataset, load, training);
      return { status: result.epochs < request.recipe.epochs ? 'interrupted' : 'complete', result };
    }
    const result = await train(model, dataset, training);
    return { status: result.interrupted ? 'interrupted' : 'complete', result };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { status: 'diverged', result: lastGood(error), diverged: error };
  }
}

const lastGood = ({ lastGood: parameters, history }: DivergedError): TrainingResult => ({
  parameters,
  history,
  epochs: history.at(-1)?.epoch ?? 0,
  steps: 0,
  seconds: history.at(-1)?.seconds ?? 0,
  trainRows: 0,
  validationRows: 0,
});

/** Metrics over every row of each split. */
export function scoreRun({ model, dataset }: LoadedRun, set: ParameterSet): RunReport['metrics'] {
  const parameters = toVariables(set);
  const classes = dataset.classNames.length;
  const metrics = {
    train: evaluate(model, parameters, dataset.train, classes),
    ...(dataset.validation && { validation: evaluate(model, parameters, dataset.validation, classes) }),
    test: evaluate(model, parameters, dataset.test, classes),
  };
  disposeAll(parameters);
  return metrics;
}
