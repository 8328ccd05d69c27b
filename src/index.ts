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

// Train, keep, use.
export { models } from '../models/index.ts';
export { datasets } from '../datasets/index.ts';
export {
  evaluate,
  loadData,
  predict,
  saveWeights,
  train,
  type TrainedModel,
  type TrainOptions,
} from './library.ts';
export { loadSavedModel as loadWeights, type SavedModel } from './saved-model.ts';
export { closeDataset } from './stored-inputs.ts';
export { dataFromRows, type OwnData, type OwnRows } from './own-data.ts';
export type { Prediction } from './predict.ts';
export type { AverageScores, ClassScores, Metrics } from './metrics.ts';
export { DivergedError, type EpochRecord } from './training-types.ts';
export { InputError, WorkError } from './errors.ts';

// Check gradients.
export {
  checkGradients,
  checkModel,
  expectGradientsToAgree,
  reportText,
  type CheckData,
  type CheckOptions,
  type ModelReport,
} from './gradient-check.ts';

// Define a model or a dataset.
export {
  defineModel,
  type Activations,
  type Model,
  type Parameters,
  type Shape,
  type Tensors,
} from './model.ts';
export {
  defineEntry,
  plainRecipe,
  type ModelOption,
  type OptionValue,
  type Recipe,
  type ZooEntry,
} from './zoo.ts';
export { filled, normal, ones, uniform, zeros, type ParameterValues } from './initial.ts';
export { halfSumSigmoidCrossEntropy, sigmoidCrossEntropy, softmaxCrossEntropy, type Loss } from './losses.ts';
export { weightPenalty, type Penalty } from './penalties.ts';
export { addScaled, constant, linear, matMulTransposed, sumRows, transposedMatMul } from './ops/index.ts';
export { RandomState } from './random.ts';
export {
  silent,
  type Dataset,
  type DataRequest,
  type Examples,
  type LoadedDataset,
  type InputArray,
  type StoredInputs,
  type Preprocessing,
  type Progress,
} from './dataset.ts';

// The parts underneath: the training loop, gradient sources, backends, TensorFlow.js itself.
export { train as trainModel } from './train.ts';
export type { TrainingOptions, TrainingResult } from './training-types.ts';
export { gradientSources, type GradientSource, type LossAndGradients } from './gradients/index.ts';
export { useBackend, backendNames, type BackendName } from './backend/index.ts';
export { tf } from './tf.ts';
