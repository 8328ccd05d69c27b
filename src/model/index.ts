/** What a model is written with: one import for every model file. */
export { defineEntry, type ModelOption, type OptionValue, type ZooEntry } from './entry.ts';
export { filled, normal, ones, uniform, zeros, type ParameterValues } from './initial-values.ts';
export {
  halfSumSigmoidCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  squaredError,
  type Loss,
} from './losses.ts';
export {
  defineModel,
  type Activations,
  type Model,
  type Parameters,
  type Shape,
  type Tensors,
} from './model.ts';
export { addScaled, constant, linear, matMulTransposed, sumRows, transposedMatMul } from './ops.ts';
export type { ParameterSet } from './parameters.ts';
export {
  filterGradient,
  inputGradient,
  pooledConvolution,
  reluGradient,
  sumPlaces,
} from './pooled-convolution.ts';
export { weightPenalty, type Penalty } from './penalties.ts';
export { RandomState } from '../utils/random.ts';
export { plainRecipe, type Recipe } from './recipe.ts';
export { tf, type Tensor } from '../utils/tf.ts';
