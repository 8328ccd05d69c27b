/**
 * Training of a model on a loaded dataset, without files: what the library, the page, runs and sweeps share.
 */
import { overlaps, rowsApart } from '../data/batches.ts';
import type { Examples, LoadedDataset } from '../data/dataset.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import { balancedWeights, withClassWeights } from '../model/class-weights.ts';
import type { OptionValue } from '../model/definition.ts';
import { gradientSources } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { withParameters } from '../model/parameters.ts';
import { trainComposition } from '../training/composition.ts';
import { checkMemory } from '../training/cost.ts';
import { train as trainModel } from '../training/train.ts';
import { DivergedError } from '../training/divergence.ts';
import type { TrainingOptions, TrainingResult } from '../training/types.ts';
import { InputError } from '../utils/errors.ts';
import type { RunFacts, RunReport, RunStatus } from '../weights/run-record.ts';

export interface Trained {
  status: RunStatus;
  result: TrainingResult;
  /** Set when the status is `diverged`. */
  diverged?: DivergedError;
}

/** What is trained: the settings, the model that they create, and the data. */
export interface ReadyRun {
  request: Omit<RunFacts, 'data'> & {
    hooks?: Pick<TrainingOptions, 'onEpoch' | 'onStep' | 'shouldStop'>;
  };
  model: Model;
  dataset: LoadedDataset;
}

/** Loads a dataset of the zoo by its name. */
export type LoadDataset = (
  name: string,
  options: Record<string, OptionValue>,
  seed: number,
) => Promise<LoadedDataset>;

/**
 * Trains on the backend in use. A training that diverges returns the last good weights.
 *
 * @param load used for the parts of a composed model
 * @param options in addition to those of the request
 * @throws InputError if the backend has too little memory, or class weights do not suit the model
 */
export async function fit(
  { request, model, dataset }: ReadyRun,
  load: LoadDataset,
  options: Partial<TrainingOptions> = {},
): Promise<Trained> {
  const trained = weightedModel({ request, model, dataset });
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
    const { composition } = request.definition;
    if (composition) {
      const loadPart = (options: Record<string, OptionValue>) =>
        load(composition.of.dataset, options, request.recipe.seed);
      const result = await trainComposition(model, composition, dataset, loadPart, training);
      return { status: result.epochs < request.recipe.epochs ? 'interrupted' : 'complete', result };
    }
    const result = await trainModel(trained, dataset, training);
    return { status: result.interrupted ? 'interrupted' : 'complete', result };
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { status: 'diverged', result: error.result, diverged: error };
  }
}

/**
 * The model whose loss is minimized: with class weights where the recipe asks for them. Losses in the history are
 * weighted, metrics are not.
 */
function weightedModel({ request, model, dataset }: Pick<ReadyRun, 'request' | 'model' | 'dataset'>): Model {
  if (request.recipe.classWeights !== 'balanced') return model;
  if (request.definition.composition) {
    throw new InputError(
      `Class weights need a model that is trained as a whole; ${model.name} is composed of parts.`,
    );
  }
  return withClassWeights(model, balancedWeights(dataset.train.labels, dataset.classNames.length));
}

/**
 * Metrics on all rows of each split, of a text's overlapping training rows on some that do not overlap. Rows that were set aside for
 * validation are not training rows.
 */
export function scoreRun(
  { model, dataset }: Pick<ReadyRun, 'model' | 'dataset'>,
  { parameters: set, setAside }: Pick<TrainingResult, 'parameters' | 'setAside'>,
): RunReport['metrics'] {
  return withParameters(set, (parameters) => {
    const score = (examples: Examples, order?: Int32Array) =>
      // In the order of the data.
      evaluate(model, parameters, examples, dataset.classNames.length, order?.slice().sort());
    const { train, validation, test } = dataset;
    const held = validation ? score(validation) : setAside && score(train, setAside.validation);
    return {
      train: score(train, setAside?.training ?? (overlaps(train) ? rowsApart(train) : undefined)),
      ...(held && { validation: held }),
      test: score(test),
    };
  });
}

/** The model of a training, for the classes of its data. */
export const createModel = (
  { definition, options, asPrinted }: Pick<RunFacts, 'definition' | 'options' | 'asPrinted'>,
  { classNames }: Pick<LoadedDataset, 'classNames'>,
): Model => definition.create({ ...options, asPrinted, classes: classNames.length });
