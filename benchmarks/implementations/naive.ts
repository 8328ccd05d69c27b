/**
 * A training loop as in TensorFlow.js's documentation: `tidy`, `matMul` with transpose flags, `tf.train.sgd`, batches
 * copied into a `Float32Array` as in its MNIST example. On the stock wasm backend.
 */
import { RandomState } from '../../src/utils/random.ts';
import { tf, type Scalar, type Tensor, type Variable } from '../../src/utils/tf.ts';
import type { Assignment, Pace } from '../pace.ts';
import { batchesOf, floatRowsOf, initialTensors, useStockBackend } from './plain-tensorflow.ts';

export async function runNaive(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend, gradients, random } = assignment;
  await useStockBackend(backend);
  const data = floatRowsOf(workload);
  const variables = initialTensors(assignment).map((tensor) => tf.variable(tensor));
  const hasClasses = workload.outputs > 1;
  const step = gradients === 'manual' ? manualStep : autodiffStep;
  await pace.begin();
  for (const { x, y } of batchesOf(data, workload, RandomState.restore(random))) {
    const loss = tf.tidy(() => step(variables, x, y, hasClasses, workload.learningRate).dataSync()[0]);
    if (pace.stepDone()) await pace.roundOver(loss);
  }
}

type Step = (variables: Variable[], x: Tensor, y: Tensor, hasClasses: boolean, rate: number) => Scalar;

const autodiffStep: Step = (variables, x, y, hasClasses, rate) =>
  tf.train.sgd(rate).minimize(() => lossOf(forward(variables, x).logits, y, hasClasses), true, variables)!;

/** Gradients written out by hand. */
const manualStep: Step = (variables, x, y, hasClasses, rate) => {
  const { hidden, logits } = forward(variables, x);
  const probabilities = hasClasses ? logits.softmax() : logits.sigmoid();
  const dLogits = probabilities.sub(y).mul(1 / x.shape[0]);
  const gradients = [(hidden ?? x).matMul(dLogits, true, false), dLogits.sum(0)];
  if (hidden) {
    const dHidden = dLogits.matMul(variables[2], false, true).mul(hidden).mul(tf.sub(1, hidden));
    gradients.unshift(x.matMul(dHidden, true, false), dHidden.sum(0));
  }
  variables.forEach((variable, i) => variable.assign(variable.sub(gradients[i].mul(rate))));
  return lossOf(logits, y, hasClasses);
};

/** σ layers, with or without a hidden layer. */
function forward([firstWeights, firstBias, weights, bias]: Variable[], x: Tensor) {
  const first = x.matMul(firstWeights).add(firstBias);
  if (!weights) return { logits: first };
  const hidden = first.sigmoid();
  return { hidden, logits: hidden.matMul(weights).add(bias) };
}

const lossOf = (logits: Tensor, y: Tensor, hasClasses: boolean): Scalar =>
  hasClasses ? tf.losses.softmaxCrossEntropy(y, logits) : tf.losses.sigmoidCrossEntropy(y, logits);
