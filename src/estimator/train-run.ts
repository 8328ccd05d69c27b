/**
 * A run without its files: trained, and scored on every row.
 */
import { checkMemory } from '../training/memory-estimate.ts';
import type { Examples, LoadedDataset } from '../data/dataset.ts';
import type { OptionValue } from '../model/entry.ts';
import { gradientSources } from '../model/gradients/index.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { trainComposition } from '../training/composition.ts';
import { train } from '../training/train.ts';
import { DivergedError, type TrainingOptions, type TrainingResult } from '../training/types.ts';
import type { RunFacts, RunReport, RunStatus } from '../weights/run-facts.ts';

export interface Trained {
  status: RunStatus;
  result: TrainingResult;
  /** Set when the status is `diverged`. */
  diverged?: DivergedError;
}

/** A run that is ready to be trained: its facts, its network and its rows. */
export interface ReadyRun {
  request: Omit<RunFacts, 'data'> & {
    hooks?: Pick<TrainingOptions, 'onEpoch' | 'onStep' | 'shouldStop'>;
  };
  model: Model;
  dataset: LoadedDataset;
}

/**
 * @param loadPart the rows that a part of a composed model is trained on, for the part's options
 * @param options beside those of the request
 * @throws InputError when the backend's memory does not suffice
 */
export async function trainRun(
  { request, model, dataset }: ReadyRun,
  loadPart: (dataset: string, options: Record<string, OptionValue>) => Promise<LoadedDataset>,
  options: Partial<TrainingOptions> = {},
): Promise<Trained> {
  if (request.backend === 'wasm') checkMemory(model, dataset, request.recipe, request.gradients);
  try {
    const training: TrainingOptions = {
      recipe: request.recipe,
      gradients: gradientSources[request.gradients],
      classes: dataset.classNames.length,
      recordEvery: request.recordEvery,
      start: request.start?.parameters,
      ...request.hooks,
      ...options,
    };
    const { composition } = request.entry;
    if (composition) {
      const load = (options: Record<string, OptionValue>) => loadPart(composition.of.dataset, options);
      const result = await trainComposition(model, composition, dataset, load, training);
      return { status: result.epochs < request.recipe.epochs ? 'interrupted' : 'complete', result };
    }
    const result = await train(model, dataset, training);
    return { status: result.interrupted ? 'interrupted' : 'complete', result };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { status: 'diverged', result: error.result, diverged: error };
  }
}

/** Metrics over every row of each split; rows that were set aside to validate are no training rows. */
export function scoreRun(
  { model, dataset }: Pick<ReadyRun, 'model' | 'dataset'>,
  { parameters: set, setAside }: Pick<TrainingResult, 'parameters' | 'setAside'>,
): RunReport['metrics'] {
  const parameters = toVariables(set);
  const score = (examples: Examples, order?: Int32Array) =>
    // In the order of the data.
    evaluate(model, parameters, examples, dataset.classNames.length, order?.slice().sort());
  const { train, validation, test } = dataset;
  const held = validation ? score(validation) : setAside && score(train, setAside.validation);
  const metrics = {
    train: score(train, setAside?.training),
    ...(held && { validation: held }),
    test: score(test),
  };
  disposeAll(parameters);
  return metrics;
}
