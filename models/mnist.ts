/**
 * Document 004's network for handwritten digits: 784 pixels → hidden units → 10 classes.
 *
 *   a = x·W₁ + b₁        hidden = σ(a) or max(0, a)
 *   z = hidden·W₂ + b₂   ŷ = softmax(z)
 */
import { batchSoftmaxBinaryCrossEntropy, batchSoftmaxGradient } from './batch-softmax-loss.ts';
import * as nn from '../src/model/index.ts';

type Activation = 'sigmoid' | 'relu';

const network = (hiddenUnits: number, activation: Activation, asPrinted: boolean): nn.Model =>
  nn.defineModel({
    name: 'mnist',
    task: 'multiclass',

    initial: ({ features, classes, random }) => ({
      hiddenWeights: nn.normal(
        [features, hiddenUnits],
        random,
        activation === 'relu' ? Math.sqrt(2 / features) : 0.01,
      ),
      hiddenBias: nn.zeros([hiddenUnits]),
      outputWeights: nn.normal([hiddenUnits, classes], random, 0.01),
      outputBias: nn.zeros([classes]),
    }),

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const sum = nn.linear(x, hiddenWeights, hiddenBias); //         [batch, hidden]
      const hidden = activation === 'relu' ? sum.relu() : nn.sigmoid(sum);
      const logits = nn.linear(hidden, outputWeights, outputBias); // [batch, 10]
      return { hidden, logits };
    },

    loss: asPrinted ? batchSoftmaxBinaryCrossEntropy : nn.softmaxCrossEntropy,

    gradients({ outputWeights }, x, y, { hidden, logits }) {
      const rows = x.shape[0];
      // ∂L/∂z = (softmax(z) − y) / m                                [batch, 10]
      const dLogits = asPrinted
        ? batchSoftmaxGradient(logits, y)
        : nn.mul(nn.sub(logits.softmax(), y), nn.constant(1 / rows));
      // σ′ = hidden ⊙ (1 − hidden);  relu′ = 1 where hidden > 0, else 0
      const derivative = activation === 'relu' ? hidden.step() : nn.sub(hidden, nn.square(hidden));
      // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ activation′(a)                        [batch, hidden]
      const dHidden = nn.mul(nn.matMulTransposed(dLogits, outputWeights), derivative);
      return {
        hiddenWeights: nn.transposedMatMul(x, dHidden), //      xᵀ·∂L/∂a
        hiddenBias: nn.sumRows(dHidden), //                     Σ ∂L/∂a
        outputWeights: nn.transposedMatMul(hidden, dLogits), // hiddenᵀ·∂L/∂z
        outputBias: nn.sumRows(dLogits), //                     Σ ∂L/∂z
      };
    },
  });

export const mnist = nn.defineZooModel({
  name: 'mnist',
  title: 'handwritten digits: 784 → hidden units → 10, softmax cross-entropy, minibatches',
  document: '004',
  dataset: 'mnist',
  options: {
    hidden: { describe: 'hidden units', default: 128, integer: true, minimum: 1, maximum: 4096 },
    activation: { describe: 'of the hidden units', default: 'relu', choices: ['sigmoid', 'relu'] },
  },
  size: { features: 784, classes: 10 },
  alsoChecked: [{ activation: 'sigmoid' }],
  recipe: {
    ...nn.defaultRecipe,
    epochs: 6,
    batchSize: 100,
    optimizer: 'momentum',
    learningRate: 0.1,
    decay: 'linear',
    seed: 1,
    validation: 0.05,
  },
  presets: {
    document: {
      hidden: 64,
      activation: 'sigmoid',
      optimizer: 'sgd',
      learningRate: 0.1,
      decay: 'none',
      seed: 777,
    },
  },
  create: ({ hidden, activation, asPrinted }) => network(hidden, activation as Activation, asPrinted),
});
