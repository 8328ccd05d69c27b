/**
 * Training of a model on a loaded dataset, without files: what the library, the page, runs and sweeps share.
 */
import { type BackendName, onBackend } from '../backend/index.ts';
import { overlaps, rowsApart } from '../data/batches.ts';
import type { Examples, LoadedDataset } from '../data/dataset.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import { mainScores } from '../evaluation/regression.ts';
import { balancedWeights, withClassWeights } from '../model/class-weights.ts';
import { checkDefinition, type OptionValue, type ModelDefinition } from '../model/definition.ts';
import { type GradientSourceName, gradientSources } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { withParameters } from '../model/parameters.ts';
import { type Recipe, recipeForFile } from '../model/recipe.ts';
import { trainComposition } from '../training/composition.ts';
import { checkMemory, multiplyAddsPerStep } from '../training/cost.ts';
import { checkSettingNames, resolveSettings } from '../training/settings.ts';
import { train as trainModel } from '../training/train.ts';
import { DivergedError } from '../training/divergence.ts';
import type { EpochRecord, TrainingOptions, TrainingResult } from '../training/types.ts';
import { InputError } from '../utils/errors.ts';
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
  request: Omit<ReadyRun['request'], 'backend'>;
  backend: BackendName | 'auto';
}

/** The settings of a training, complete and checked. @throws InputError naming the setting that is invalid */
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

/** {@link multiplyAddsPerStep} of a training, by which `auto` chooses the backend. */
export function multiplyAddsFor(
  request: Pick<RunFacts, 'definition' | 'options' | 'asPrinted' | 'recipe'>,
  dataset: LoadedDataset,
): number {
  const { rows, features } = dataset.train;
  const size = { rows, features, classes: dataset.classNames.length };
  return multiplyAddsPerStep(createModel(request, dataset), size, request.recipe);
}

/**
 * Trains in memory.
 *
 * @param load loads the datasets of a composed model's parts
 * @throws InputError if the model cannot learn from the data
 * @throws DivergedError if the loss or a parameter becomes NaN or infinite; it carries the last good weights
 */
export async function train(
  { request: settings, backend }: Requested,
  dataset: LoadedDataset,
  load: LoadDataset,
): Promise<TrainedModel> {
  return onBackend(backend, { multiplyAddsPerStep: multiplyAddsFor(settings, dataset) }, async ({ name }) => {
    const request = { ...settings, backend: name };
    const run = { request, model: createModel(request, dataset), dataset };
    const { status, result, diverged } = await fit(run, load);
    if (diverged) throw diverged;
    return trainedModel({ ...run, status, result, metrics: scoreRun(run, result) });
  });
}

/** The model of a training, for the classes of its data. */
export const createModel = (
  { definition, options, asPrinted }: Pick<RunFacts, 'definition' | 'options' | 'asPrinted'>,
  { classNames }: Pick<LoadedDataset, 'classNames'>,
): Model => definition.create({ ...options, asPrinted, classes: classNames.length });

/** A training and what came of it, as far as weights.json tells. */
type Outcome = ReadyRun & Pick<RunReport, 'result' | 'metrics' | 'status'>;

export function trainedModel(report: Outcome): TrainedModel {
  const { request, model, result, metrics, dataset, status } = report;
  const { definition, backend } = request;
  const { parameters, history, epochs, steps, seconds } = result;
  return {
    file: parseWeights(weightsJson(report), 'weights'),
    definition,
    model,
    parameters,
    features: dataset.train.features,
    status: status === 'interrupted' ? 'interrupted' : 'complete',
    ...{ history, metrics, epochs, steps, seconds, backend, dataset },
  };
}

/** Holds nothing of time or place, so that equal runs leave equal bytes. */
export function weightsJson({
  request,
  dataset,
  result,
  metrics,
}: Pick<RunReport, 'dataset' | 'result' | 'metrics'> & { request: Omit<RunFacts, 'data'> }): string {
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
    training: { dataset: datasetOf(dataset), gradients, backend, ...recipeForFile(recipe) },
    metrics: { test: mainScores(metrics.test) },
  });
}

/** What weights.json says about the data: for user files, what is needed to read the same rows of the same file again. */
function datasetOf({ name, source, own, files }: LoadedDataset) {
  if (!own) return { name, source };
  const { file, folder: _, ...reading } = own;
  return { name, source, own: { ...reading, ...(file !== undefined && { sha256: files[0].sha256 }) } };
}
