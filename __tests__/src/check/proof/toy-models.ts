/** Small models whose gradients are right but for what a test does to them. */
import {
  constant,
  linear,
  matMulTransposed,
  sumRows,
  transposedMatMul,
} from '../../../../src/model/operations.ts';
import { zeros, type ParameterValues } from '../../../../src/model/initializers.ts';
import { sigmoidCrossEntropy } from '../../../../src/model/losses.ts';
import { defineModel, type Model, type Tensors } from '../../../../src/model/model.ts';
import { l1l2 } from '../../../../src/model/regularizers.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';

export const half = 0.5;

/** Logistic regression with ½·Σ|w|. */
export const line: Model = defineModel({
  name: 'line',
  task: 'binary',
  initial: ({ features }) => ({ weights: zeros([features, 1]), bias: zeros([1]) }),
  forward: ({ weights, bias }, x) => ({ logits: linear(x, weights, bias) }),
  loss: sigmoidCrossEntropy,
  regularizer: l1l2(['weights'], { l1: half, l2: 0 }),
  gradients({ weights }, x, y, { logits }) {
    const dLogits = logits
      .sigmoid()
      .sub(y)
      .mul(constant(1 / x.shape[0]));
    const slope = weights.sign().mul(constant(half / x.shape[0]));
    return { weights: transposedMatMul(x, dLogits).add(slope), bias: sumRows(dLogits) };
  },
});

export interface Change {
  /** What to do to the gradient of the weights. */
  (gradient: Tensor, about: { parameters: Tensors; x: Tensor; y: Tensor }): Tensor;
}

/** The model with another gradient of its weights. */
export const lineWith = (change: Change): Model => ({
  ...line,
  gradients(parameters, x, y, activations) {
    const right = line.gradients(parameters, x, y, activations);
    return { ...right, weights: change(right.weights, { parameters, x, y }) };
  },
});

/** A hidden layer of three units between input and logit, with an activation and its slope, from its sum. */
export const hiddenLayer = (
  name: string,
  activation: (sum: Tensor) => Tensor,
  slope: (sum: Tensor) => Tensor,
): Model =>
  defineModel({
    name,
    task: 'binary',
    initial: ({ features }) => ({
      hiddenWeights: zeros([features, 3]),
      hiddenBias: zeros([3]),
      outputWeights: zeros([3, 1]),
      outputBias: zeros([1]),
    }),
    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const sum = linear(x, hiddenWeights, hiddenBias);
      const hidden = activation(sum);
      return { sum, hidden, logits: linear(hidden, outputWeights, outputBias) };
    },
    loss: sigmoidCrossEntropy,
    gradients({ outputWeights }, x, y, { sum, hidden, logits }) {
      const dLogits = logits
        .sigmoid()
        .sub(y)
        .mul(constant(1 / x.shape[0]));
      const dSum = matMulTransposed(dLogits, outputWeights).mul(slope(sum));
      return {
        hiddenWeights: transposedMatMul(x, dSum),
        hiddenBias: sumRows(dSum),
        outputWeights: transposedMatMul(hidden, dLogits),
        outputBias: sumRows(dLogits),
      };
    },
  });

/** Layers of three sigmoid units, one after the other, and one logit. */
export const deep = (layers: number): Model =>
  defineModel({
    name: `deep ${layers}`,
    task: 'binary',
    initial: ({ features }) =>
      Object.fromEntries(
        Array.from({ length: layers + 1 }, (_, i) => i).flatMap((i): [string, ParameterValues][] => [
          [`weights${i}`, zeros([i === 0 ? features : 3, i === layers ? 1 : 3])],
          [`bias${i}`, zeros([i === layers ? 1 : 3])],
        ]),
      ),
    forward(parameters, x) {
      const outputs: Tensors = { layer0: x };
      for (let i = 0; i < layers; i++) {
        const sum = linear(outputs[`layer${i}`], parameters[`weights${i}`], parameters[`bias${i}`]);
        outputs[`layer${i + 1}`] = sum.sigmoid();
      }
      const logits = linear(
        outputs[`layer${layers}`],
        parameters[`weights${layers}`],
        parameters[`bias${layers}`],
      );
      return { ...outputs, logits };
    },
    loss: sigmoidCrossEntropy,
    gradients(parameters, x, y, { logits, ...outputs }) {
      let dSum = logits
        .sigmoid()
        .sub(y)
        .mul(constant(1 / x.shape[0]));
      const gradients: Tensors = {};
      for (let i = layers; i >= 0; i--) {
        const input = (outputs as Tensors)[`layer${i}`];
        gradients[`weights${i}`] = transposedMatMul(input, dSum);
        gradients[`bias${i}`] = sumRows(dSum);
        if (i > 0) {
          dSum = matMulTransposed(dSum, parameters[`weights${i}`]).mul(input.sub(input.square()));
        }
      }
      return gradients;
    },
  });
