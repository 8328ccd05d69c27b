/** What a model is written with: one import for every model file. */
export { defineEntry, type ModelOption, type OptionValue, type ZooEntry } from './definition.ts';
export { filled, normal, ones, uniform, zeros, type ParameterValues } from './initializers.ts';
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
export { addScaled, constant, linear, matMulTransposed, sumRows, transposedMatMul } from './operations.ts';
export type { ParameterSet } from './parameters.ts';
export {
  filterGradient,
  inputGradient,
  pooledConvolution,
  reluGradient,
  sumPlaces,
} from './convolution.ts';
export { weightPenalty, type Penalty } from './regularizers.ts';
export { RandomState } from '../utils/random.ts';
export { plainRecipe, type Recipe } from './recipe.ts';
export { tf, type Tensor } from '../utils/tf.ts';
