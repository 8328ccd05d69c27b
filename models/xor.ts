/**
 * Document 004's XORNet, with the shapes that its program really has: one weight column, which NumPy's
 * broadcasting shares between two hidden units that differ in their bias alone, and likewise between two outputs.
 *
 *   hidden = σ(x·W₁ + b₁)        [batch, 1] + [2] → [batch, 2]
 *   z = hidden·W₂ + b₂           [batch, 1] + [2] → [batch, 2]     ŷ = σ(z)
 *
 * Both outputs learn the same target y `[batch, 1]`, and the loss counts both.
 */
import * as nn from '../src/model/index.ts';

const xorNet = nn.defineModel({
  name: 'xor',
  task: 'binary',

  initial: ({ features, random }) => ({
    hiddenWeights: { shape: [features, 1], values: random.randn(features) },
    hiddenBias: { shape: [2], values: random.rand(2) },
    outputWeights: { shape: [2, 1], values: random.randn(2) },
    outputBias: { shape: [2], values: random.rand(2) },
  }),

  forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
    const hidden = nn.sigmoid(nn.add(x.matMul(hiddenWeights), hiddenBias)); // [batch, 2]
    const logits = nn.add(hidden.matMul(outputWeights), outputBias); //        [batch, 2]
    return { hidden, logits };
  },

  loss: nn.halfSumSigmoidCrossEntropy,

  gradients({ outputWeights }, x, y, { hidden, logits }) {
    // ∂L/∂z = ½(ŷ − y)                                          [batch, 2]
    const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / 2));
    // Both outputs use the same sum hidden·W₂, both hidden units the same x·W₁: their derivatives add up.
    // Σ_k ∂L/∂z_k                                               [batch, 1]
    const dOutputSum = dLogits.sum(1, true);
    // ∂L/∂a = (Σ_k ∂L/∂z_k·W₂ᵀ) ⊙ hidden ⊙ (1 − hidden)         [batch, 2]
    const dHidden = nn.mul(nn.matMulTransposed(dOutputSum, outputWeights), nn.sub(hidden, nn.square(hidden)));
    return {
      hiddenWeights: nn.transposedMatMul(x, dHidden.sum(1, true)), // xᵀ·Σ_j ∂L/∂a_j
      hiddenBias: nn.sumRows(dHidden), //                             Σ ∂L/∂a
      outputWeights: nn.transposedMatMul(hidden, dOutputSum), //      hiddenᵀ·Σ_k ∂L/∂z_k
      outputBias: nn.sumRows(dLogits), //                             Σ ∂L/∂z
    };
  },
});

export const xor = nn.defineZooModel({
  name: 'xor',
  title: 'XOR with one hidden layer: 2 → 2 → 2 with shared weights, ½·Σ binary cross-entropy',
  document: '004',
  dataset: 'logic-gates',
  options: {
    gate: { describe: 'which truth table to learn', default: 'xor', choices: ['and', 'or', 'nand', 'xor'] },
  },
  size: { features: 2, classes: 2 },
  recipe: { ...nn.defaultRecipe, epochs: 1000, learningRate: 0.3, seed: 1 },
  create: () => xorNet,
});
