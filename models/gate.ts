/**
 * Document 004's perceptron for one logic gate: two inputs, one output.
 *
 *   z = x·w + b   ŷ = σ(z)
 */
import * as nn from '../src/model/index.ts';

const perceptron = nn.defineModel({
  name: 'gate',
  task: 'binary',

  initial: ({ features, random }) => ({
    weights: { shape: [features, 1], values: random.randn(features) },
    bias: { shape: [1], values: random.rand(1) },
  }),

  forward: ({ weights, bias }, x) => ({ logits: nn.linear(x, weights, bias) }), // [batch, 1]

  loss: nn.halfSumSigmoidCrossEntropy,

  gradients(_, x, y, { logits }) {
    const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / 2)); // ∂L/∂z = ½(ŷ − y)   [batch, 1]
    return {
      weights: nn.transposedMatMul(x, dLogits), // xᵀ·∂L/∂z
      bias: nn.sumRows(dLogits), //                Σ ∂L/∂z
    };
  },
});

export const gate = nn.defineZooModel({
  name: 'gate',
  title: 'one logic gate: perceptron 2 → 1, ½·Σ binary cross-entropy',
  document: '004',
  dataset: 'logic-gates',
  options: {
    gate: { describe: 'which truth table to learn', default: 'and', choices: ['and', 'or', 'nand', 'xor'] },
  },
  size: { features: 2, classes: 2 },
  recipe: { ...nn.defaultRecipe, epochs: 1000, learningRate: 0.1, seed: 1 },
  cannotLearn: ({ gate }) =>
    gate === 'xor'
      ? 'No straight line divides the rows of XOR, and one perceptron can draw no other: zoo train xor has a hidden layer.'
      : undefined,
  create: () => perceptron,
});
