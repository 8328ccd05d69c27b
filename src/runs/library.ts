/**
 * Training, weights and predictions for programs: what the command line does, as functions.
 */
import { datasets } from '../../datasets/index.ts';
import { models } from '../../models/index.ts';
import { onBackend } from '../backend/index.ts';
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import { definitionFor, type ModelDefinition } from '../model/definition.ts';
import { lookup } from '../utils/text.ts';
import type { Prediction } from '../evaluation/predict.ts';
import { rowFromValues } from '../data/row-from-values.ts';
import { checkDataset } from '../data/check-dataset.ts';
import * as z from '../utils/schema.ts';
import { dataRequestWith } from '../node/data-request.ts';
import { writeFileAtomically } from '../node/files.ts';
import { rowFromImage } from '../node/image.ts';
import { checkSaved, weightsText, type SavedModel } from '../weights/saved-model.ts';
import {
  multiplyAddsFor,
  requestFor,
  train as trainInMemory,
  trainedModel,
  type TrainedModel,
  type TrainOptions as TrainInMemoryOptions,
} from '../estimator/train.ts';
import { predictPrepared } from '../estimator/predict.ts';
import { loadDataset, partLoader, run } from './run.ts';

export interface TrainOptions extends TrainInMemoryOptions {
  /** Data already loaded, or where to get the model's own; see {@link loadData}. */
  data?: LoadedDataset | Partial<DataRequest>;
  /** A directory for weights.json, run.json and the learning curve; nothing is written where left out. */
  out?: string;
  /** Replace the run that `out` holds; otherwise that is an error. */
  overwrite?: boolean;
}

/**
 * Trains a model of the zoo, or one of your own that {@link defineZooModel} describes.
 *
 * @param what the definition, or the name of one of the zoo's
 * @throws InputError for a setting or data that is wrong
 * @throws DivergedError when the loss or a parameter becomes NaN or infinite; it carries the last good weights
 */
export async function train(what: ModelDefinition | string, given: TrainOptions = {}): Promise<TrainedModel> {
  z.checkFields('train', given, {
    data: z.optional(z.plainObject),
    out: z.optional(z.string()),
    overwrite: z.optional(z.boolean()),
  });
  const { data, out, overwrite, ...options } = given;
  const isLoaded = data !== undefined && 'train' in data;
  const definition = definitionFor(definitionOf(what), data);
  const requested = requestFor(definition, options);
  const { request, backend } = requested;
  if (isLoaded) checkDataset('data', data);
  const where = dataRequestWith({
    ...(isLoaded ? {} : data),
    options: { ...request.options, ...(isLoaded ? {} : data?.options) },
  });
  const dataset = isLoaded ? data : await loadDataset({ ...request, data: where });
  if (out === undefined) return trainInMemory(requested, dataset, partLoader({ data: where }));
  return onBackend(backend, { multiplyAddsPerStep: multiplyAddsFor(request, dataset) }, async ({ name }) =>
    trainedModel(await run({ ...request, backend: name, out, overwrite, data: where, dataset })),
  );
}

function definitionOf(what: ModelDefinition | string): ModelDefinition {
  if (typeof what === 'object' && what !== null) return what;
  return lookup('model', models, String(what));
}

/**
 * Loads one of the zoo's datasets: from a data directory, the cache, a download or its built-in stand-in.
 *
 * @param given `data`, `dataDir`, `cacheDir` and `seed` as on the command line, `options` of the dataset, such as
 *   `{ gate: 'xor' }` or `{ trainRows: 1000 }`
 * @throws InputError where data was named but is missing or malformed
 */
export async function loadData(name: string, given: Partial<DataRequest> = {}): Promise<LoadedDataset> {
  return lookup('dataset', datasets, String(name)).load(dataRequestWith(given));
}

/**
 * Probabilities of the classes for new inputs.
 *
 * @param saved from {@link train} or `loadWeights`
 * @param inputs each a row of raw numbers, of a model of tables also of texts, or the path of a picture file where the model takes pictures; they are
 *   scaled as the training data was
 * @throws InputError for an input that does not fit the model
 */
export async function predict(
  saved: SavedModel,
  inputs: readonly (readonly (number | string)[] | string)[],
): Promise<Prediction[]> {
  checkSaved(saved);
  z.checkValue('predict: the inputs', inputs, z.list);
  const rows: Float64Array[] = [];
  for (const [i, input] of inputs.entries()) {
    rows.push(
      typeof input === 'string'
        ? await rowFromImage(saved, input)
        : rowFromValues(saved, input, `input ${i + 1}`),
    );
  }
  return predictPrepared(saved, rows);
}

/** Writes a weights.json, whole or not at all. The directory must exist. */
export async function saveWeights(saved: SavedModel, path: string): Promise<void> {
  z.checkValue('saveWeights: the path', path, z.string());
  await writeFileAtomically(path, weightsText(saved));
}
