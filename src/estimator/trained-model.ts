/**
 * Training and its outcome for programs, without files: what `train` takes, and a model with its weights.
 */
import type { BackendName } from '../backend/index.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { checkEntry, type OptionValue, type ZooEntry } from '../model/entry.ts';
import { aFunction, anObject, checkFields, optional } from '../utils/given.ts';
import type { GradientSourceName } from '../model/gradients/index.ts';
import type { Recipe } from '../model/recipe.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import { mainScores } from '../evaluation/regression.ts';
import { refuseUnknownSettings, settingsFor } from '../training/settings.ts';
import { stepSize } from '../training/step-size.ts';
import type { EpochRecord, TrainingOptions } from '../training/types.ts';
import type { RunFacts, RunReport } from '../weights/run-facts.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import type { ReadyRun } from './train-run.ts';
import { formatWeights, parseWeights, toFileParameters } from '../weights/weights.ts';

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
export function requestFor(entry: ZooEntry, given: TrainOptions): Requested {
  checkEntry(entry);
  checkFields('train', given, {
    options: optional(anObject),
    onEpoch: optional(aFunction),
    onStep: optional(aFunction),
    signal: optional(anObject),
  });
  const { options, backend = 'auto', onEpoch, onStep, signal, ...recipe } = given;
  const flat = { ...recipe, ...options };
  refuseUnknownSettings(entry, flat, 'train');
  const settings = settingsFor(entry, flat);
  const hooks = { onEpoch, onStep, shouldStop: () => signal?.aborted ?? false };
  return { request: { ...settings, entry, hooks }, backend };
}

/** By which `auto` chooses a backend: see {@link stepSize}. */
export function stepSizeOf(
  { entry, options, asPrinted, recipe }: Pick<RunFacts, 'entry' | 'options' | 'asPrinted' | 'recipe'>,
  { train, classNames }: LoadedDataset,
): number {
  const { rows, features } = train;
  const model = entry.create({ ...options, asPrinted, classes: classNames.length });
  return stepSize(model, { rows, features, classes: classNames.length }, recipe);
}

type Outcome = Pick<RunReport, 'dataset' | 'result' | 'metrics' | 'status'> & {
  request: Omit<RunFacts, 'data'>;
};

export function trainedModel(report: Outcome): TrainedModel {
  const { request, result, metrics, dataset, status } = report;
  const { entry, options, asPrinted, backend } = request;
  const { parameters, history, epochs, steps, seconds } = result;
  return {
    file: parseWeights(weightsJson(report), 'weights'),
    entry,
    model: entry.create({ ...options, asPrinted, classes: dataset.classNames.length }),
    parameters,
    features: dataset.train.features,
    status: status === 'interrupted' ? 'interrupted' : 'complete',
    ...{ history, metrics, epochs, steps, seconds, backend, dataset },
  };
}

/** Holds nothing of time or place, so that equal runs leave equal bytes. */
export function weightsJson({ request, dataset, result, metrics }: Outcome): string {
  const { entry, options, asPrinted, recipe, gradients, backend } = request;
  const { target } = dataset.train;
  return formatWeights({
    format: 'backprop-zoo/weights',
    version: 1,
    model: entry.name,
    ...(entry.file && { modelFile: entry.file }),
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
