/**
 * backprop-zoo as a library: the models, the datasets, training, weights, predictions and the gradient check.
 *
 * @example
 * ```ts
 * import { loadWeights, models, predict, saveWeights, train } from 'backprop-zoo';
 *
 * const trained = await train(models.gate, { epochs: 2000, options: { gate: 'or' } });
 * console.log(trained.metrics.test.accuracy);
 * await saveWeights(trained, 'or.json');
 * console.log(await predict(await loadWeights('or.json'), [[0, 1]]));
 * ```
 *
 * @packageDocumentation
 */

import './backend/tensorflow/tensorflow.ts';

// Train, keep, use.
export { models } from '../models/index.ts';
export { datasets } from '../datasets/index.ts';
export { loadData, predict, saveWeights, train, type TrainOptions } from './runs/library.ts';
export type { TrainedModel } from './estimator/train.ts';
export { loadWeights } from './runs/load.ts';
export { evaluate } from './estimator/predict.ts';
export { generate, type GenerateOptions } from './estimator/generate.ts';
export { weightsFrom, weightsText, type SavedModel } from './weights/saved-model.ts';
export { dataFromRows, type UserData, type UserRows } from './data/data-from-rows.ts';
export type { Prediction } from './evaluation/predict.ts';
export type { AverageScores, ClassScores, Metrics } from './evaluation/metrics.ts';
export { isRegression, type RegressionMetrics } from './evaluation/regression.ts';
export { DivergedError } from './training/divergence.ts';
export type { EpochRecord } from './training/types.ts';
export { InputError, WorkError } from './utils/errors.ts';

// Check gradients.
export {
  checkGradients,
  checkModel,
  expectGradientsToAgree,
  reportText,
  type CheckData,
  type CheckOptions,
  type ModelReport,
} from './gradcheck/check.ts';

// Prove them.
export {
  expectGradientsProved,
  proofText,
  proveGradients,
  type ModelProof,
  type ProofOptions,
} from './gradcheck/proof/index.ts';

// Define a model or a dataset.
export * from './model/index.ts';
export { silent, type Progress } from './utils/progress.ts';
export type {
  Dataset,
  DataRequest,
  Examples,
  InputArray,
  LoadedDataset,
  Preprocessing,
  LazyInputs,
} from './data/dataset.ts';

// The parts underneath: the training loop, gradient sources, backends, TensorFlow.js itself.
export { train as trainModel } from './training/train.ts';
export type { TrainingOptions, TrainingResult } from './training/types.ts';
export { gradientSources } from './model/gradients.ts';
export type { GradientSource, LossAndGradients } from './model/gradients.ts';
export { useBackend, backendNames, type BackendName } from './backend/index.ts';
