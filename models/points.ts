/**
 * Document 000's network for points of the plane: 2 → 2 → 1, from initial values that are given, not drawn.
 *
 *   a = x·W₁ + b₁        hidden = σ(a)
 *   z = hidden·W₂ + b₂   ŷ = σ(z)
 */
import * as nn from '../src/model/index.ts';

interface InitialValues {
  hiddenWeights: number[];
  hiddenBias: number[];
  outputWeights: number[];
  outputBias: number[];
}

const network = (from: InitialValues): nn.Model =>
  nn.defineModel({
    name: 'points',
    task: 'binary',

    initial: () => ({
      hiddenWeights: { shape: [2, 2], values: Float64Array.from(from.hiddenWeights) },
      hiddenBias: { shape: [2], values: Float64Array.from(from.hiddenBias) },
      outputWeights: { shape: [2, 1], values: Float64Array.from(from.outputWeights) },
      outputBias: { shape: [1], values: Float64Array.from(from.outputBias) },
    }),

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const hidden = nn.sigmoid(nn.linear(x, hiddenWeights, hiddenBias)); // [batch, 2]
      const logits = nn.linear(hidden, outputWeights, outputBias); //        [batch, 1]
      return { hidden, logits };
    },

    loss: nn.sigmoidCrossEntropy,

    gradients({ outputWeights }, x, y, { hidden, logits }) {
      const rows = x.shape[0];
      // ∂L/∂z = (ŷ − y) / m                                     [batch, 1]
      const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / rows));
      // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ hidden ⊙ (1 − hidden)             [batch, 2]
      const dHidden = nn.mul(nn.matMulTransposed(dLogits, outputWeights), nn.sub(hidden, nn.square(hidden)));
      return {
        hiddenWeights: nn.transposedMatMul(x, dHidden), //      xᵀ·∂L/∂a
        hiddenBias: nn.sumRows(dHidden), //                     Σ ∂L/∂a
        outputWeights: nn.transposedMatMul(hidden, dLogits), // hiddenᵀ·∂L/∂z
        outputBias: nn.sumRows(dLogits), //                     Σ ∂L/∂z
      };
    },
  });

export const points = nn.defineZooModel({
  name: 'points',
  title: 'points of the plane: 2 → 2 → 1, mean binary cross-entropy, given initial weights',
  document: '000',
  dataset: 'points',
  options: {
    hiddenWeights: {
      describe: 'initial weights of x1 to both hidden units, then of x2',
      default: [2, -2, 1, 1],
      length: 4,
    },
    hiddenBias: { describe: 'initial biases of the hidden units', default: [1, 1], length: 2 },
    // The document ends with 10, −10, which it takes for the best because it reads a cost of 69 % as an accuracy.
    outputWeights: { describe: 'initial weights of the hidden units', default: [10, 10], length: 2 },
    outputBias: { describe: 'initial bias of the output', default: [1], length: 1 },
    rows: {
      describe: 'points to train on',
      default: 10_000,
      integer: true,
      minimum: 1,
      maximum: 10_000_000,
    },
    testRows: {
      describe: 'points to test on',
      default: 1000,
      integer: true,
      minimum: 1,
      maximum: 10_000_000,
    },
  },
  size: { features: 2, classes: 2 },
  recipe: { ...nn.defaultRecipe, epochs: 5000, learningRate: 1, seed: 1 },
  create: network,
});
