/**
 * Training in memory, as a program asks for it: from its settings to the model with its weights, and the text of weights.json.
 */
import { type BackendName, onBackend } from '../backend/index.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import { mainScores } from '../evaluation/regression.ts';
import { checkDefinition, type OptionValue, type ModelDefinition } from '../model/definition.ts';
import type { GradientSourceName } from '../model/gradients.ts';
import { type Recipe, recipeForFile } from '../model/recipe.ts';
import { multiplyAddsPerStep } from '../training/cost.ts';
import { checkSettingNames, resolveSettings } from '../training/settings.ts';
import type { EpochRecord, TrainingOptions } from '../training/types.ts';
import * as z from '../utils/schema.ts';
import type { RunFacts, RunReport } from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { formatWeights, parseWeights, toFileParameters } from '../weights/weights.ts';
import { createModel, fit, type LoadDataset, type ReadyRun, scoreRun } from './fit.ts';

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
