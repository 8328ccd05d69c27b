/**
 * Document 001's logistic regression on flattened pictures: is it a cat?
 *
 *   z = x·w + b   ŷ = σ(z)
 */
import {
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  linear,
  mul,
  sigmoid,
  sigmoidCrossEntropy,
  sub,
  sumRows,
  transposedMatMul,
  zeros,
} from '../src/model/index.ts';

const logisticRegression = defineModel({
  name: 'cats',
  task: 'binary',

  initial: ({ features }) => ({ weights: zeros([features, 1]), bias: zeros([1]) }),

  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }), // [batch, 1]

  loss: sigmoidCrossEntropy,

  gradients(_, x, y, { logits }) {
    const rows = x.shape[0];
    // ∂L/∂z = (ŷ − y) / m                                       [batch, 1]
    const dLogits = mul(sub(sigmoid(logits), y), constant(1 / rows));
    return {
      weights: transposedMatMul(x, dLogits), //                  xᵀ·∂L/∂z
      bias: sumRows(dLogits), //                                 Σ ∂L/∂z
    };
  },
});

export const cats = defineZooModel({
  name: 'cats',
  title: 'cat or not: logistic regression on 64×64×3 pixels, mean binary cross-entropy',
  document: '001',
  dataset: 'cats',
  options: {},
  size: { features: 12288, classes: 2 },
  recipe: { ...defaultRecipe, epochs: 2000, learningRate: 0.005, seed: 1 },
  create: () => logisticRegression,
});
