/** What a model is written with: one import for every model file. */
export { balancedWeights, withClassWeights } from './class-weights.ts';
export {
  contextOption,
  corpusOption,
  defineZooModel,
  type ModelOption,
  type OptionValue,
  type ModelDefinition,
} from './definition.ts';
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
export {
  add,
  addScaled,
  constant,
  linear,
  matMul,
  matMulTransposed,
  mul,
  reshape,
  sigmoid,
  square,
  sub,
  sumRows,
  transposedMatMul,
} from './operations.ts';
export type { ParameterSet } from './parameters.ts';
export { filterGradient, inputGradient, pooledConvolution, reluGradient, sumSpatial } from './convolution.ts';
export {
  atStep,
  causalAttention,
  causalAttentionGradient,
  embed,
  embedGradient,
  fromSteps,
  gelu,
  geluGradient,
  gruCell,
  gruCellGradient,
  layerNorm,
  layerNormGradient,
  lstmCell,
  lstmCellGradient,
  named,
  plusEpsilon,
  rmsNorm,
  rmsNormGradient,
  tokenCrossEntropy,
  tokenCrossEntropyGradient,
} from './sequence.ts';
export { addL1L2Gradient, l1l2, type Regularizer } from './regularizers.ts';
export { RandomState } from '../utils/random.ts';
export { defaultRecipe, type Recipe } from './recipe.ts';
export { tf, type Tensor } from '../utils/tf.ts';
export { InputError } from '../utils/errors.ts';
