/**
 * Softmax regression, the simplest network for several classes: one layer, a sum for each class.
 *
 *   z = x·W + b   ŷ = softmax(z)
 */
import {
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  linear,
  mul,
  softmaxCrossEntropy,
  sub,
  sumRows,
  transposedMatMul,
  zeros,
} from '../src/model/index.ts';

const regression = defineModel({
  name: 'softmax',
  task: 'multiclass',

  // Nothing has to tell units apart that each learn a class of their own.
  initial: ({ features, classes }) => ({
    weights: zeros([features, classes]),
    bias: zeros([classes]),
  }),

  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }), // [batch, classes]

  loss: softmaxCrossEntropy,

  gradients(_, x, y, { logits }) {
    const rows = x.shape[0];
    // ∂L/∂z = (softmax(z) − y) / m     [batch, classes]
    const dLogits = mul(sub(logits.softmax(), y), constant(1 / rows));
    return {
      weights: transposedMatMul(x, dLogits), // xᵀ·∂L/∂z
      bias: sumRows(dLogits), //                Σ ∂L/∂z
    };
  },
});

export const softmax = defineZooModel({
  name: 'softmax',
  title: 'handwritten digits, or any classes, by one layer: 784 → 10, softmax cross-entropy, minibatches',
  document: '–',
  dataset: 'mnist',
  options: {},
  size: { features: 784, classes: 10 },
  recipe: {
    ...defaultRecipe,
    epochs: 6,
    batchSize: 100,
    optimizer: 'momentum',
    learningRate: 0.2,
    decay: 'linear',
    seed: 1,
    validation: 0.05,
  },
  recipeForUserData: { epochs: 200, batchSize: 32, optimizer: 'adam', learningRate: 0.01, validation: 0 },
  create: () => regression,
});
