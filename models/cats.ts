/**
 * Document 001's logistic regression on flattened pictures: is it a cat?
 *
 *   z = x·w + b   ŷ = σ(z)
 */
import * as nn from '../src/model/index.ts';

const logisticRegression = nn.defineModel({
  name: 'cats',
  task: 'binary',

  initial: ({ features }) => ({ weights: nn.zeros([features, 1]), bias: nn.zeros([1]) }),

  forward: ({ weights, bias }, x) => ({ logits: nn.linear(x, weights, bias) }), // [batch, 1]

  loss: nn.sigmoidCrossEntropy,

  gradients(_, x, y, { logits }) {
    const rows = x.shape[0];
    // ∂L/∂z = (ŷ − y) / m                                       [batch, 1]
    const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / rows));
    return {
      weights: nn.transposedMatMul(x, dLogits), // xᵀ·∂L/∂z
      bias: nn.sumRows(dLogits), //                Σ ∂L/∂z
    };
  },
});

export const cats = nn.defineZooModel({
  name: 'cats',
  title: 'cat or not: logistic regression on 64×64×3 pixels, mean binary cross-entropy',
  document: '001',
  dataset: 'cats',
  options: {},
  size: { features: 12288, classes: 2 },
  recipe: { ...nn.defaultRecipe, epochs: 2000, learningRate: 0.005, seed: 1 },
  create: () => logisticRegression,
});
