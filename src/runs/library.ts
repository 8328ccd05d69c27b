/**
 * Training, weights and predictions for programs: what the command line does, as functions.
 */
import { datasets } from '../../datasets/index.ts';
import { models } from '../../models/index.ts';
import { useBackend, type BackendName } from '../backend/index.ts';
import { dataRequestWith } from '../node/data-request.ts';
import type { DataRequest, LoadedDataset } from '../core/data/dataset.ts';
import { InputError } from '../core/errors.ts';
import { writeFileAtomically } from '../node/files.ts';
import type { GradientSourceName } from '../core/gradients/index.ts';
import { rowFromImage } from '../node/row-from-image.ts';
import { rowFromValues } from '../core/scoring/row-from-values.ts';
import { printable } from '../core/printable.ts';
import type { Metrics } from '../core/scoring/metrics.ts';
import { predict as predictRows, type Prediction } from '../core/scoring/predict.ts';
import { run } from './run.ts';
import { weightsJson } from './save.ts';
import { loadRun, scoreRun, trainRun } from './stages.ts';
import type { RunReport } from '../saved/run-facts.ts';
import type { RunRequest } from './request.ts';
import { evaluateSavedModel, type SavedModel } from '../saved/saved-model.ts';
import { refuseUnknownSettings, settingsFor } from '../core/settings.ts';
import { tf } from '../core/tf.ts';
import type { EpochRecord, TrainingOptions } from '../core/training/types.ts';
import { formatWeights, parseWeights } from '../saved/weights.ts';
import type { OptionValue, ZooEntry } from '../core/entry.ts';
import type { Recipe } from '../core/recipe.ts';

export interface TrainOptions extends Partial<Recipe> {
  /** The model's own options, such as `{ hidden: 64 }`; its defaults where left out. */
  options?: Record<string, OptionValue>;
  /** A named bundle of settings of the model; what is given beside it wins. */
  preset?: string;
  /** With the document's errors. */
  asPrinted?: boolean;
  /** `manual` unless given. */
  gradients?: GradientSourceName;
  /** `auto` unless given: TensorFlow's native library where it loads, else WebAssembly, else JavaScript. */
  backend?: BackendName | 'auto';
  /** Data already loaded, or where to get the model's own; see {@link loadData}. */
  data?: LoadedDataset | Partial<DataRequest>;
  /** Every so many epochs a record in the history; a few hundred in all unless given. */
  recordEvery?: number;
  /** A directory for weights.json, run.json and the learning curve; nothing is written unless given. */
  out?: string;
  /** Replace the run that `out` holds; unless given, that is an error. */
  overwrite?: boolean;
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

/**
 * Trains a model of the zoo, or one of your own that {@link defineEntry} describes.
 *
 * @param what the entry, or the name of one of the zoo's
 * @throws InputError for a setting or data that is wrong
 * @throws DivergedError when the loss or a parameter becomes NaN or infinite; it carries the last good weights
 */
export async function train(what: ZooEntry | string, given: TrainOptions = {}): Promise<TrainedModel> {
  const entry = entryOf(what);
  const { options, data, backend = 'auto', out, overwrite, onEpoch, onStep, signal, ...recipe } = given;
  const flat = { ...recipe, ...options };
  refuseUnknownSettings(entry, flat, 'train');
  const settings = settingsFor(entry, flat);
  const { name } = await useBackend(backend);
  const isLoaded = data !== undefined && 'train' in data;
  const request: RunRequest = {
    ...settings,
    entry,
    backend: name,
    out,
    overwrite,
    data: dataRequestWith({
      ...(isLoaded ? {} : data),
      options: { ...settings.options, ...(isLoaded ? {} : data?.options) },
    }),
    dataset: isLoaded ? data : undefined,
    hooks: { onEpoch, onStep, shouldStop: () => signal?.aborted ?? false },
  };
  return trainedModel(out === undefined ? await runInMemory(request) : await run(request));
}

async function runInMemory(request: RunRequest): Promise<RunReport> {
  const loaded = await loadRun(request);
  const { status, result, diverged } = await trainRun(loaded);
  if (diverged) throw diverged;
  const { model, identity, dataset } = loaded;
  const metrics = scoreRun(loaded, result.parameters);
  return { request, model, identity, dataset, status, result, metrics, out: '' };
}

function trainedModel(report: RunReport): TrainedModel {
  const { request, result, metrics, dataset, status } = report;
  const { entry, options, asPrinted, backend } = request;
  const { parameters, history, epochs, steps, seconds } = result;
  return {
    file: parseWeights(weightsJson(report), 'weights'),
    entry,
    model: entry.create({ ...options, asPrinted }),
    parameters,
    features: dataset.train.features,
    status: status === 'interrupted' ? 'interrupted' : 'complete',
    ...{ history, metrics, epochs, steps, seconds, backend, dataset },
  };
}

function entryOf(what: ZooEntry | string): ZooEntry {
  if (typeof what === 'object' && what !== null) return what;
  if (Object.hasOwn(models, what)) return models[what];
  const known = Object.keys(models).join(', ');
  throw new InputError(`There is no model "${printable(String(what))}"; there are: ${known}.`);
}

/**
 * Loads one of the zoo's datasets: from a data directory, the cache, a download or its built-in stand-in.
 *
 * @param given `data`, `dataDir`, `cacheDir` and `seed` as on the command line, `options` of the dataset, such as
 *   `{ gate: 'xor' }` or `{ trainRows: 1000 }`
 * @throws InputError where data was named but is missing or malformed
 */
export async function loadData(name: string, given: Partial<DataRequest> = {}): Promise<LoadedDataset> {
  if (Object.hasOwn(datasets, name)) return datasets[name].load(dataRequestWith(given));
  const known = Object.keys(datasets).join(', ');
  throw new InputError(`There is no dataset "${printable(String(name))}"; there are: ${known}.`);
}

/**
 * Probabilities of the classes for new inputs.
 *
 * @param saved from {@link train} or `loadWeights`
 * @param inputs each a row of raw numbers, or the path of a picture file where the model takes pictures; they are
 *   scaled as the training data was
 * @throws InputError for an input that does not fit the model
 */
export async function predict(
  saved: SavedModel,
  inputs: readonly (readonly number[] | string)[],
): Promise<Prediction[]> {
  await someBackend();
  const { model, parameters, features, file } = saved;
  const rows = new Float64Array(inputs.length * features);
  for (const [i, input] of inputs.entries()) {
    const row =
      typeof input === 'string'
        ? await rowFromImage(saved, input)
        : rowFromValues(saved, input, `input ${i + 1}`);
    rows.set(row, i * features);
  }
  return predictRows(model, parameters, rows, features, file.classNames);
}

/**
 * Loss, accuracy and confusion matrix on the test rows of a dataset.
 *
 * @throws InputError where the rows are not what the model takes
 */
export async function evaluate(saved: SavedModel, data: LoadedDataset): Promise<Metrics> {
  await someBackend();
  return evaluateSavedModel(saved, data.test);
}

/** Writes a weights.json, whole or not at all. The directory must exist. */
export const saveWeights = ({ file }: SavedModel, path: string): Promise<void> =>
  writeFileAtomically(path, formatWeights(file));

/** The backend in use, or the best there is where none has been chosen yet. */
async function someBackend(): Promise<void> {
  if (!tf.engine().backendName) await useBackend('auto');
}
