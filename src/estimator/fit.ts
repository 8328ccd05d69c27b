/**
 * A run without its files: trained, and scored on every row.
 */
import type { BackendName } from '../backend/index.ts';
import type { Examples, LoadedDataset } from '../data/dataset.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import { mainScores } from '../evaluation/regression.ts';
import { checkDefinition, type OptionValue, type ModelDefinition } from '../model/definition.ts';
import { type GradientSourceName, gradientSources } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import type { Recipe } from '../model/recipe.ts';
import { trainComposition } from '../training/composition.ts';
import { checkMemory, multiplyAddsPerStep } from '../training/cost.ts';
import { checkSettingNames, resolveSettings } from '../training/settings.ts';
import { train } from '../training/train.ts';
import { DivergedError } from '../training/divergence.ts';
import type { EpochRecord, TrainingOptions, TrainingResult } from '../training/types.ts';
import * as z from '../utils/schema.ts';
import type { RunFacts, RunReport, RunStatus } from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { formatWeights, parseWeights, toFileParameters } from '../weights/weights.ts';

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
    const { composition } = request.definition;
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

export interface TrainOptions extends Partial<Recipe> {
  /** The model's own options, such as `{ hidden: 64 }`; its defaults where left out. */
  options?: Record<string, OptionValue>;
  /** A named bundle of settings of the model; what is given beside it wins. */
  preset?: string;
  /** With the document's errors. */
  asPrinted?: boolean;
  /** `manual` where left out. */
  gradients?: GradientSourceName;
  /** `auto` where left out: the faster one for the size of a step. Trainings on different ones wait for each other. */
  backend?: BackendName | 'auto';
  /** Every so many epochs a record in the history; a few hundred in all where left out. */
  recordEvery?: number;
  onEpoch?: TrainingOptions['onEpoch'];
  onStep?: TrainingOptions['onStep'];
  /** Ends training after the current step; what has been learned so far is returned. */
  signal?: AbortSignal;
}

/** A model with its weights, ready to predict, and how it came to them. */
export interface TrainedModel extends SavedModel {
  /** `interrupted`: the signal ended training before its time. */
  status: 'complete' | 'interrupted';
  history: EpochRecord[];
  metrics: { train: Metrics; validation?: Metrics; test: Metrics };
  epochs: number;
  steps: number;
  /** Of training alone. */
  seconds: number;
  backend: BackendName;
  dataset: LoadedDataset;
}

export interface Requested {
  request: Omit<RunFacts, 'data' | 'backend'> & Pick<ReadyRun['request'], 'hooks'>;
  /** On which it is to be trained. */
  backend: BackendName | 'auto';
}

/** What a training is asked to do. @throws InputError for a wrong setting */
export function requestFor(definition: ModelDefinition, given: TrainOptions): Requested {
  checkDefinition(definition);
  z.checkFields('train', given, {
    options: z.optional(z.plainObject),
    onEpoch: z.optional(z.callable),
    onStep: z.optional(z.callable),
    signal: z.optional(z.plainObject),
  });
  const { options, backend = 'auto', onEpoch, onStep, signal, ...recipe } = given;
  const flat = { ...recipe, ...options };
  checkSettingNames(definition, flat, 'train');
  const settings = resolveSettings(definition, flat);
  const hooks = { onEpoch, onStep, shouldStop: () => signal?.aborted ?? false };
  return { request: { ...settings, definition, hooks }, backend };
}

/** By which `auto` chooses a backend: see {@link multiplyAddsPerStep}. */
export function multiplyAddsFor(
  {
    definition,
    options,
    asPrinted,
    recipe,
  }: Pick<RunFacts, 'definition' | 'options' | 'asPrinted' | 'recipe'>,
  { train, classNames }: LoadedDataset,
): number {
  const { rows, features } = train;
  const model = definition.create({ ...options, asPrinted, classes: classNames.length });
  return multiplyAddsPerStep(model, { rows, features, classes: classNames.length }, recipe);
}

type Outcome = Pick<RunReport, 'dataset' | 'result' | 'metrics' | 'status'> & {
  request: Omit<RunFacts, 'data'>;
};

export function trainedModel(report: Outcome): TrainedModel {
  const { request, result, metrics, dataset, status } = report;
  const { definition, options, asPrinted, backend } = request;
  const { parameters, history, epochs, steps, seconds } = result;
  return {
    file: parseWeights(weightsJson(report), 'weights'),
    definition,
    model: definition.create({ ...options, asPrinted, classes: dataset.classNames.length }),
    parameters,
    features: dataset.train.features,
    status: status === 'interrupted' ? 'interrupted' : 'complete',
    ...{ history, metrics, epochs, steps, seconds, backend, dataset },
  };
}

/** Holds nothing of time or place, so that equal runs leave equal bytes. */
export function weightsJson({ request, dataset, result, metrics }: Outcome): string {
  const { definition, options, asPrinted, recipe, gradients, backend } = request;
  const { target } = dataset.train;
  return formatWeights({
    format: 'backprop-zoo/weights',
    version: 1,
    model: definition.name,
    ...(definition.file && { modelFile: definition.file }),
    options,
    asPrinted,
    classNames: dataset.classNames,
    parameters: toFileParameters(result.parameters, backend === 'float64' ? 'float64' : 'float32'),
    preprocessing: dataset.preprocessing,
    ...(target && { target }),
    training: { dataset: datasetOf(dataset), gradients, backend, ...recipe },
    metrics: { test: mainScores(metrics.test) },
  });
}

/** What weights say of their data: of files of the user's own what finds the same rows in the same file again. */
function datasetOf({ name, source, own, files }: LoadedDataset) {
  if (!own) return { name, source };
  const { file, folder: _, ...reading } = own;
  return { name, source, own: { ...reading, ...(file !== undefined && { sha256: files[0].sha256 }) } };
}
