/**
 * Document 003's two-layer network for breast tumours: 30 measurements → hidden units → malignant or benign, with
 * L1 and L2 regularisation.
 *
 *   a = x·W₁ + b₁        hidden = σ(a)
 *   z = hidden·W₂ + b₂   ŷ = σ(z)
 *   L = 1/m · (Σ binary cross-entropy + l1·Σ|w| + l2/2·Σw²), w over both weight matrices
 */
import * as nn from '../src/model/index.ts';

interface Options {
  units: number;
  l1: number;
  l2: number;
  init: string;
  asPrinted: boolean;
}

const network = ({ units, l1, l2, init, asPrinted }: Options): nn.Model => {
  const strengths = { l1, l2 };
  return nn.defineModel({
    name: 'breast-cancer',
    task: 'binary',

    initial({ features, random }) {
      const weights = (shape: number[]) => (init === 'ones' ? nn.ones(shape) : nn.normal(shape, random));
      return {
        hiddenWeights: weights([features, units]),
        hiddenBias: nn.zeros([units]),
        outputWeights: weights([units, 1]),
        outputBias: nn.zeros([1]),
      };
    },

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const hidden = nn.sigmoid(nn.linear(x, hiddenWeights, hiddenBias)); // [batch, units]
      const logits = nn.linear(hidden, outputWeights, outputBias); //        [batch, 1]
      return { hidden, logits };
    },

    loss: nn.sigmoidCrossEntropy,

    regularizer: nn.l1l2(['hiddenWeights', 'outputWeights'], strengths),

    gradients({ hiddenWeights, outputWeights }, x, y, { hidden, logits }) {
      const rows = x.shape[0];
      // ∂L/∂z = (ŷ − y) / m                                     [batch, 1]
      const dLogits = nn.mul(nn.sub(nn.sigmoid(logits), y), nn.constant(1 / rows));
      // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ hidden ⊙ (1 − hidden)             [batch, units]
      const dHidden = nn.mul(nn.matMulTransposed(dLogits, outputWeights), nn.sub(hidden, nn.square(hidden)));
      // ∂L/∂W₁ = xᵀ·∂L/∂a and ∂L/∂W₂ = hiddenᵀ·∂L/∂z, without the regularizer
      const dHiddenWeights = nn.transposedMatMul(x, dHidden);
      const dOutputWeights = nn.transposedMatMul(hidden, dLogits);
      const dHiddenBias = nn.sumRows(dHidden); // Σ ∂L/∂a, over the rows
      return {
        hiddenWeights: nn.addL1L2Gradient(dHiddenWeights, hiddenWeights, rows, strengths),
        // The document's `np.sum(err_to_hidden)` lacks `axis=0`: every unit gets the sum over all units.
        hiddenBias: asPrinted ? dHiddenBias.sum().reshape([1]).tile([units]) : dHiddenBias,
        outputWeights: nn.addL1L2Gradient(dOutputWeights, outputWeights, rows, strengths),
        outputBias: nn.sumRows(dLogits), // Σ ∂L/∂z
      };
    },
  });
};

export const breastCancer = nn.defineZooModel({
  name: 'breast-cancer',
  title: 'malignant or benign: 30 → hidden units → 1, binary cross-entropy with L1 and L2',
  document: '003',
  dataset: 'breast-cancer',
  options: {
    units: { describe: 'hidden units', default: 10, integer: true, minimum: 1, maximum: 4096 },
    l1: { describe: 'weight of Σ|w| in the loss', default: 0, minimum: 0 },
    l2: { describe: 'weight of ½·Σw² in the loss', default: 0.01, minimum: 0 },
    init: {
      describe: 'initial weights: all 1, or standard normal',
      default: 'ones',
      choices: ['ones', 'normal'],
    },
  },
  size: { features: 30, classes: 2 },
  alsoChecked: [{ l1: 0.1 }],
  recipe: { ...nn.defaultRecipe, epochs: 20_000, learningRate: 0.1, seed: 42 },
  presets: {
    // The document's second network, which learns the same in 500 epochs because its units differ from the start.
    random: { init: 'normal', epochs: 500 },
  },
  create: network,
});
