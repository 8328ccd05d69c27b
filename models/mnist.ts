/**
 * Document 004's network for handwritten digits: 784 pixels → hidden units → 10 classes.
 *
 *   a = x·W₁ + b₁        hidden = σ(a) or max(0, a)
 *   z = hidden·W₂ + b₂   ŷ = softmax(z)
 */
import { batchSoftmaxBinaryCrossEntropy, batchSoftmaxGradient } from './batch-softmax-loss.ts';
import {
  constant,
  defaultRecipe,
  defineModel,
  defineZooModel,
  linear,
  matMulTransposed,
  type Model,
  mul,
  normal,
  sigmoid,
  softmaxCrossEntropy,
  square,
  sub,
  sumRows,
  transposedMatMul,
  zeros,
} from '../src/model/index.ts';

type Activation = 'sigmoid' | 'relu';

const network = (hiddenUnits: number, activation: Activation, asPrinted: boolean): Model =>
  defineModel({
    name: 'mnist',
    task: 'multiclass',

    initial: ({ features, classes, random }) => ({
      hiddenWeights: normal(
        [features, hiddenUnits],
        random,
        activation === 'relu' ? Math.sqrt(2 / features) : 0.01,
      ),
      hiddenBias: zeros([hiddenUnits]),
      outputWeights: normal([hiddenUnits, classes], random, 0.01),
      outputBias: zeros([classes]),
    }),

    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const sum = linear(x, hiddenWeights, hiddenBias); //          [batch, hidden]
      const hidden = activation === 'relu' ? sum.relu() : sigmoid(sum);
      const logits = linear(hidden, outputWeights, outputBias); //  [batch, 10]
      return { hidden, logits };
    },

    loss: asPrinted ? batchSoftmaxBinaryCrossEntropy : softmaxCrossEntropy,

    gradients({ outputWeights }, x, y, { hidden, logits }) {
      const rows = x.shape[0];
      // ∂L/∂z = (softmax(z) − y) / m                                [batch, 10]
      const dLogits = asPrinted
        ? batchSoftmaxGradient(logits, y)
        : mul(sub(logits.softmax(), y), constant(1 / rows));
      // ∂L/∂a = (∂L/∂z·W₂ᵀ) ⊙ activation′(a)                        [batch, hidden]
      //   σ′ = hidden ⊙ (1 − hidden);  relu′ = 1 where hidden > 0, else 0
      const slope = activation === 'relu' ? hidden.step() : sub(hidden, square(hidden));
      const dHidden = mul(matMulTransposed(dLogits, outputWeights), slope);
      return {
        hiddenWeights: transposedMatMul(x, dHidden), //              xᵀ·∂L/∂a
        hiddenBias: sumRows(dHidden), //                             Σ ∂L/∂a
        outputWeights: transposedMatMul(hidden, dLogits), //         hiddenᵀ·∂L/∂z
        outputBias: sumRows(dLogits), //                             Σ ∂L/∂z
      };
    },
  });

export const mnist = defineZooModel({
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
    ...defaultRecipe,
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
