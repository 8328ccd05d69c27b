/**
 * Document 003's two-layer network for breast tumours: 30 measurements → hidden units → malignant or benign, with
 * L1 and L2 regularisation.
 *
 *   a = x·W₁ + b₁        hidden = σ(a)
 *   z = hidden·W₂ + b₂   ŷ = σ(z)
 *   L = 1/m · (Σ binary cross-entropy + l1·Σ|w| + l2/2·Σw²), w over both weight matrices
 */
import {
  addL1L2Gradient,
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  l1l2,
  linear,
  matMulTransposed,
  type Model,
  mul,
  normal,
  ones,
  sigmoid,
  sigmoidCrossEntropy,
  square,
  sub,
  sumRows,
  transposedMatMul,
  zeros,
} from '../src/model/index.ts';

interface Options {
  units: number;
  l1: number;
  l2: number;
  init: string;
  asPrinted: boolean;
}

const network = ({ units, l1, l2, init, asPrinted }: Options): Model => {
  return defineModel({
    name: 'breast-cancer',
    task: 'binary',

    initial({ features, random }) {
      const weights = (shape: number[]) => (init === 'ones' ? ones(shape) : normal(shape, random));
      return {
        hiddenWeights: weights([features, units]),
        hiddenBias: zeros([units]),
        outputWeights: weights([units, 1]),
        outputBias: zeros([1]),
      };
    },

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const hidden = sigmoid(linear(x, hiddenWeights, hiddenBias)); //   [batch, units]
      const logits = linear(hidden, outputWeights, outputBias); //       [batch, 1]
      return { hidden, logits };
    },

    loss: sigmoidCrossEntropy,

    regularizer: l1l2(['hiddenWeights', 'outputWeights'], { l1, l2 }),

    gradients({ hiddenWeights, outputWeights }, x, y, { hidden, logits }) {
      const rows = x.shape[0];
      // ∂L/∂z = (ŷ − y) / m                                     [batch, 1]
      const dLogits = mul(sub(sigmoid(logits), y), constant(1 / rows));
      // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ hidden ⊙ (1 − hidden)             [batch, units]
      const dHidden = mul(matMulTransposed(dLogits, outputWeights), sub(hidden, square(hidden)));
      const dHiddenBias = sumRows(dHidden); //                   Σ ∂L/∂a, over the rows
      return {
        hiddenWeights: addL1L2Gradient(transposedMatMul(x, dHidden), hiddenWeights, rows, { l1, l2 }), //        xᵀ·∂L/∂a + penalty′
        // The document's `np.sum(err_to_hidden)` lacks `axis=0`: every unit gets the sum over all units.
        hiddenBias: asPrinted ? dHiddenBias.sum().reshape([1]).tile([units]) : dHiddenBias,
        outputWeights: addL1L2Gradient(transposedMatMul(hidden, dLogits), outputWeights, rows, { l1, l2 }), //   hiddenᵀ·∂L/∂z + penalty′
        outputBias: sumRows(dLogits), //                                                         Σ ∂L/∂z
      };
    },
  });
};

export const breastCancer = defineZooModel({
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
  recipe: { ...defaultRecipe, epochs: 20_000, learningRate: 0.1, seed: 42 },
  presets: {
    // The document's second network, which learns the same in 500 epochs because its units differ from the start.
    random: { init: 'normal', epochs: 500 },
  },
  create: network,
});
