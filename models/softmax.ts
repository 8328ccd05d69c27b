/**
 * Softmax regression, the simplest network for several classes: one layer, a sum for each class.
 *
 *   z = x·W + b   ŷ = softmax(z)
 */
import * as nn from '../src/model/index.ts';

const regression = nn.defineModel({
  name: 'softmax',
  task: 'multiclass',

  // Zeros suffice: each output learns another class, so no symmetry has to be broken.
  initial: ({ features, classes }) => ({
    weights: nn.zeros([features, classes]),
    bias: nn.zeros([classes]),
  }),

  forward: ({ weights, bias }, x) => ({ logits: nn.linear(x, weights, bias) }), // [batch, classes]

  loss: nn.softmaxCrossEntropy,

  gradients(_, x, y, { logits }) {
    const rows = x.shape[0];
    // ∂L/∂z = (softmax(z) − y) / m     [batch, classes]
    const dLogits = nn.mul(nn.sub(logits.softmax(), y), nn.constant(1 / rows));
    return {
      weights: nn.transposedMatMul(x, dLogits), // xᵀ·∂L/∂z
      bias: nn.sumRows(dLogits), //                Σ ∂L/∂z
    };
  },
});

export const softmax = nn.defineZooModel({
  name: 'softmax',
  title: 'handwritten digits, or any classes, by one layer: 784 → 10, softmax cross-entropy, minibatches',
  document: '–',
  dataset: 'mnist',
  options: {},
  size: { features: 784, classes: 10 },
  recipe: {
    ...nn.defaultRecipe,
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
