/**
 * backprop-zoo as a library: the models, the datasets, the training harness and the gradient check.
 *
 * @example
 * ```ts
 * import { datasets, loadData, models, train, useBackend, gradientSources } from 'backprop-zoo';
 *
 * await useBackend('auto');
 * const data = await loadData('logic-gates', { options: { gate: 'xor' } });
 * const model = models.gate.create({ gate: 'xor', asPrinted: false });
 * const result = await train(model, data, { recipe: models.gate.recipe, gradients: gradientSources.manual, classes: 2 });
 * ```
 */
export { models } from '../models/index.ts';
export { datasets } from '../datasets/index.ts';
export { tf } from './tf.ts';
export { useBackend, backendNames, type BackendName } from './backend/index.ts';
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
export { constant, linear, matMulTransposed, sumRows, transposedMatMul } from './ops/index.ts';
export { gradientSources, type GradientSource, type LossAndGradients } from './gradients/index.ts';
export {
  checkGradients,
  checkModel,
  expectGradientsToAgree,
  reportText,
  type CheckData,
  type CheckOptions,
  type ModelReport,
} from './gradient-check.ts';
export { train } from './train.ts';
export {
  DivergedError,
  type EpochRecord,
  type TrainingOptions,
  type TrainingResult,
} from './training-types.ts';
export { evaluate } from './evaluate.ts';
export type { Metrics } from './metrics.ts';
export { predict, type Prediction } from './predict.ts';
export { loadSavedModel as loadWeights, type SavedModel } from './saved-model.ts';
export { silent, type Dataset, type DataRequest, type Examples, type LoadedDataset } from './dataset.ts';
export { InputError, WorkError } from './errors.ts';
export { RandomState } from './random.ts';
