/**
 * Document 004's XORNet, with the shapes that its program really has: one weight column, which NumPy's
 * broadcasting shares between two hidden units that differ in their bias alone, and likewise between two outputs.
 *
 *   hidden = σ(x·W₁ + b₁)        [batch, 1] + [2] → [batch, 2]
 *   z = hidden·W₂ + b₂           [batch, 1] + [2] → [batch, 2]     ŷ = σ(z)
 *
 * Both outputs learn the same target y `[batch, 1]`, and the loss counts both.
 */
import {
  add,
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  halfSumSigmoidCrossEntropy,
  matMulTransposed,
  mul,
  sigmoid,
  square,
  sub,
  sumRows,
  transposedMatMul,
} from '../src/model/index.ts';

const xorNet = defineModel({
  name: 'xor',
  task: 'binary',

  initial: ({ features, random }) => ({
    hiddenWeights: { shape: [features, 1], values: random.randn(features) },
    hiddenBias: { shape: [2], values: random.rand(2) },
    outputWeights: { shape: [2, 1], values: random.randn(2) },
    outputBias: { shape: [2], values: random.rand(2) },
  }),

  forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
    const hidden = sigmoid(add(x.matMul(hiddenWeights), hiddenBias)); //  [batch, 2]
    const logits = add(hidden.matMul(outputWeights), outputBias); //      [batch, 2]
    return { hidden, logits };
  },

  loss: halfSumSigmoidCrossEntropy,

  gradients({ outputWeights }, x, y, { hidden, logits }) {
    const dLogits = mul(sub(sigmoid(logits), y), constant(1 / 2)); // ∂L/∂z = ½(ŷ − y)                       [batch, 2]
    // Both outputs hang on the same sum hidden·W₂, both hidden units on the same x·W₁: their derivatives add up.
    const dOutputSum = dLogits.sum(1, true); //                     Σ_k ∂L/∂z_k                           [batch, 1]
    const slope = sub(hidden, square(hidden)); //                   σ′ = hidden ⊙ (1 − hidden)            [batch, 2]
    const dHidden = mul(matMulTransposed(dOutputSum, outputWeights), slope); // ∂L/∂a = (Σ_k ∂L/∂z_k·W₂ᵀ) ⊙ σ′  [batch, 2]
    return {
      hiddenWeights: transposedMatMul(x, dHidden.sum(1, true)), //  xᵀ·Σ_j ∂L/∂a_j
      hiddenBias: sumRows(dHidden), //                              Σ ∂L/∂a
      outputWeights: transposedMatMul(hidden, dOutputSum), //       hiddenᵀ·Σ_k ∂L/∂z_k
      outputBias: sumRows(dLogits), //                              Σ ∂L/∂z
    };
  },
});

export const xor = defineZooModel({
  name: 'xor',
  title: 'XOR with one hidden layer: 2 → 2 → 2 with shared weights, ½·Σ binary cross-entropy',
  document: '004',
  dataset: 'logic-gates',
  options: {
    gate: { describe: 'which truth table to learn', default: 'xor', choices: ['and', 'or', 'nand', 'xor'] },
  },
  size: { features: 2, classes: 2 },
  recipe: { ...defaultRecipe, epochs: 1000, learningRate: 0.3, seed: 1 },
  create: () => xorNet,
});
