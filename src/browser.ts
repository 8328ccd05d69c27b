/**
 * backprop-zoo in a browser: models, training, predictions and the gradient check, with nothing of Node in it.
 *
 * @example
 * ```ts
 * import { dataFromRows, models, predict, setWasmPaths, train, weightsText } from 'backprop-zoo/browser';
 *
 * await setWasmPaths('/wasm/'); // where the three .wasm files of @tensorflow/tfjs-backend-wasm are served
 * const trained = await train(models.gate, { epochs: 2000, options: { gate: 'or' } });
 * console.log(await predict(trained, [[0, 1]]), weightsText(trained));
 * ```
 *
 * @packageDocumentation
 */
import { logicGates } from '../datasets/logic-gates.ts';
import { points } from '../datasets/points.ts';
import type { Dataset, LoadedDataset } from './data/dataset.ts';
import type { ModelDefinition } from './model/definition.ts';
import { InputError } from './utils/errors.ts';
import { silent } from './utils/progress.ts';
import type { LoadDataset } from './estimator/fit.ts';
import {
  requestFor,
  train as trainInMemory,
  type TrainedModel,
  type TrainOptions,
} from './estimator/train.ts';

// Train, keep, use.
export { models } from '../models/index.ts';
export { dataFromRows, type UserData, type UserRows } from './data/data-from-rows.ts';
export type { Prediction } from './evaluation/predict.ts';
export type { Metrics } from './evaluation/metrics.ts';
export { isRegression, type RegressionMetrics } from './evaluation/regression.ts';
export { DivergedError } from './training/divergence.ts';
export type { EpochRecord } from './training/types.ts';
export { evaluate, predict } from './estimator/predict.ts';
export { weightsFrom, weightsText, type SavedModel } from './weights/saved-model.ts';
export { InputError, WorkError } from './utils/errors.ts';
export type { Examples, LoadedDataset } from './data/dataset.ts';
export type { TrainedModel };

// Check gradients: loaded when they are first asked for.
export type { CheckData, CheckOptions, ModelReport } from './gradcheck/check.ts';
type Check = typeof import('./gradcheck/check.ts');
const check = (): Promise<Check> => import('./gradcheck/check.ts');
export const checkGradients: Check['checkGradients'] = async (...args) =>
  (await check()).checkGradients(...args);
export const checkModel: Check['checkModel'] = async (...args) => (await check()).checkModel(...args);
export const expectGradientsToAgree: Check['expectGradientsToAgree'] = async (...args) =>
  (await check()).expectGradientsToAgree(...args);
/** The report of a check as text, at most 80 columns wide. */
export const reportText = async (...args: Parameters<Check['reportText']>): Promise<string> =>
  (await check()).reportText(...args);

// Define a model.
export * from './model/index.ts';

// The parts underneath.
export { train as trainModel } from './training/train.ts';
export type { TrainingOptions, TrainingResult } from './training/types.ts';
export { gradientSources } from './model/gradients.ts';
export type { GradientSource, LossAndGradients } from './model/gradients.ts';
export { useBackend, type BackendName } from './backend/index.ts';
export { setWasmPaths } from './backend/wasm/index.ts';

/** The datasets that are computed and need no file. */
export const computedDatasets: Record<string, Dataset> = { 'logic-gates': logicGates, points };

const load: LoadDataset = (name, options, seed) => {
  const dataset = computedDatasets[name];
  if (!dataset) throw new InputError(`The dataset ${name} is not computed: give its rows as \`data\`.`);
  return dataset.load({ data: 'built-in', cacheDir: '', seed, options, progress: silent });
};

/**
 * Trains a model of the zoo, or one of your own that `defineZooModel` describes.
 *
 * @param given `data` may be left out for models of computed data: the gates and the points
 * @throws InputError for a setting or data that is wrong
 * @throws DivergedError when the loss or a parameter becomes NaN or infinite; it carries the last good weights
 */
export async function train(
  definition: ModelDefinition,
  { data, ...options }: TrainOptions & { data?: LoadedDataset } = {},
): Promise<TrainedModel> {
  const requested = requestFor(definition, options);
  const { options: ofModel, recipe } = requested.request;
  return trainInMemory(requested, data ?? (await load(definition.dataset, ofModel, recipe.seed)), load);
}
