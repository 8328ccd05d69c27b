/**
 * Document 004's perceptron for one logic gate: two inputs, one output.
 *
 *   z = x·w + b   ŷ = σ(z)
 */
import {
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  halfSumSigmoidCrossEntropy,
  linear,
  mul,
  sigmoid,
  sub,
  sumRows,
  transposedMatMul,
} from '../src/model/index.ts';

const perceptron = defineModel({
  name: 'gate',
  task: 'binary',

  initial: ({ features, random }) => ({
    weights: { shape: [features, 1], values: random.randn(features) },
    bias: { shape: [1], values: random.rand(1) },
  }),

  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }), // [batch, 1]

  loss: halfSumSigmoidCrossEntropy,

  gradients(_, x, y, { logits }) {
    const dLogits = mul(sub(sigmoid(logits), y), constant(1 / 2)); //  ∂L/∂z = ½(ŷ − y)   [batch, 1]
    return {
      weights: transposedMatMul(x, dLogits), //           xᵀ·∂L/∂z
      bias: sumRows(dLogits), //                          Σ ∂L/∂z
    };
  },
});

export const gate = defineZooModel({
  name: 'gate',
  title: 'one logic gate: perceptron 2 → 1, ½·Σ binary cross-entropy',
  document: '004',
  dataset: 'logic-gates',
  options: {
    gate: { describe: 'which truth table to learn', default: 'and', choices: ['and', 'or', 'nand', 'xor'] },
  },
  size: { features: 2, classes: 2 },
  recipe: { ...defaultRecipe, epochs: 1000, learningRate: 0.1, seed: 1 },
  cannotLearn: ({ gate }) =>
    gate === 'xor'
      ? 'No straight line divides the rows of XOR, and one perceptron can draw no other: zoo train xor has a hidden layer.'
      : undefined,
  create: () => perceptron,
});
