/** Small models with correct gradients, unless a test changes them. */
import { expect } from '@jest/globals';
import { proveGradients, type ModelProof } from '../../../../src/gradcheck/proof/index.ts';
import * as nn from '../../../../src/model/index.ts';
import type { Model, Tensor, Tensors } from '../../../../src/model/index.ts';
import type { SmallModel } from '../../../helpers/small-zoo.ts';

/** Repeatable, like every test here. */
export const seed = '5eed';

/** The hand-written gradients of the model equal both references, except with a chance below 10⁻³⁰. */
export function expectProved({ model, features, classes }: SmallModel): ModelProof {
  const proof = proveGradients(model, { seed, size: { features, classes } });
  expect(proof).toMatchObject({ verdict: 'equal', referee: 'slope', autodiff: { verdict: 'equal' } });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
  expect(proof.points).toBe(proof.primes.length);
  expect(proof.parameters.every(({ verdict }) => verdict === 'equal')).toBe(true);
  return proof;
}

export const half = 0.5;

/** ∂L/∂z = (σ(z) − y) / m */
const dLogitsOf = (z: Tensor, y: Tensor): Tensor =>
  nn.mul(nn.sub(z.sigmoid(), y), nn.constant(1 / y.shape[0]));

/** Logistic regression with ½·Σ|w|. */
export const line: Model = nn.defineModel({
  name: 'line',
  task: 'binary',
  initial: ({ features }) => ({ weights: nn.zeros([features, 1]), bias: nn.zeros([1]) }),
  forward: ({ weights, bias }, x) => ({ logits: nn.linear(x, weights, bias) }),
  loss: nn.sigmoidCrossEntropy,
  regularizer: nn.l1l2(['weights'], { l1: half, l2: 0 }),
  gradients({ weights }, x, y, { logits }) {
    const dLogits = dLogitsOf(logits, y);
    const slope = weights.sign().mul(nn.constant(half / x.shape[0]));
    return { weights: nn.transposedMatMul(x, dLogits).add(slope), bias: nn.sumRows(dLogits) };
  },
});

/** What to do to the gradient of the weights. */
export type Change = (gradient: Tensor, about: { parameters: Tensors; x: Tensor; y: Tensor }) => Tensor;

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
  nn.defineModel({
    name,
    task: 'binary',
    initial: ({ features }) => ({
      hiddenWeights: nn.zeros([features, 3]),
      hiddenBias: nn.zeros([3]),
      outputWeights: nn.zeros([3, 1]),
      outputBias: nn.zeros([1]),
    }),
    forward({ hiddenWeights, hiddenBias, outputWeights, outputBias }, x) {
      const sum = nn.linear(x, hiddenWeights, hiddenBias);
      const hidden = activation(sum);
      return { sum, hidden, logits: nn.linear(hidden, outputWeights, outputBias) };
    },
    loss: nn.sigmoidCrossEntropy,
    gradients({ outputWeights }, x, y, { sum, hidden, logits }) {
      const dLogits = dLogitsOf(logits, y);
      const dSum = nn.matMulTransposed(dLogits, outputWeights).mul(slope(sum));
      return {
        hiddenWeights: nn.transposedMatMul(x, dSum),
        hiddenBias: nn.sumRows(dSum),
        outputWeights: nn.transposedMatMul(hidden, dLogits),
        outputBias: nn.sumRows(dLogits),
      };
    },
  });

/** Layers of three sigmoid units, one after the other, and one logit. */
export const deep = (layers: number): Model =>
  nn.defineModel({
    name: `deep ${layers}`,
    task: 'binary',
    initial: ({ features }) =>
      Object.fromEntries(
        Array.from({ length: layers + 1 }, (_, i) => i).flatMap((i): [string, nn.ParameterValues][] => [
          [`weights${i}`, nn.zeros([i === 0 ? features : 3, i === layers ? 1 : 3])],
          [`bias${i}`, nn.zeros([i === layers ? 1 : 3])],
        ]),
      ),
    forward(parameters, x) {
      const outputs: Tensors = { layer0: x };
      for (let i = 0; i < layers; i++) {
        const sum = nn.linear(outputs[`layer${i}`], parameters[`weights${i}`], parameters[`bias${i}`]);
        outputs[`layer${i + 1}`] = sum.sigmoid();
      }
      const logits = nn.linear(
        outputs[`layer${layers}`],
        parameters[`weights${layers}`],
        parameters[`bias${layers}`],
      );
      return { ...outputs, logits };
    },
    loss: nn.sigmoidCrossEntropy,
    gradients(parameters, _, y, { logits, ...outputs }) {
      let dSum = dLogitsOf(logits, y);
      const gradients: Tensors = {};
      for (let i = layers; i >= 0; i--) {
        const input = (outputs as Tensors)[`layer${i}`];
        gradients[`weights${i}`] = nn.transposedMatMul(input, dSum);
        gradients[`bias${i}`] = nn.sumRows(dSum);
        if (i > 0) {
          dSum = nn.matMulTransposed(dSum, parameters[`weights${i}`]).mul(input.sub(input.square()));
        }
      }
      return gradients;
    },
  });
