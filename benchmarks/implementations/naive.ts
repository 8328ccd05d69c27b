/**
 * A training loop as in TensorFlow.js's documentation: `tidy`, `matMul` with transpose flags, `tf.train.sgd`, batches
 * copied into a `Float32Array` as in its MNIST example. On the stock wasm backend.
 */
import { RandomState } from '../../src/core/random.ts';
import { tf, type Scalar, type Tensor, type Variable } from '../../src/core/tf.ts';
import type { Assignment, Pace } from '../pace.ts';
import type { Workload } from '../workloads.ts';
import { batchesOf, floatRowsOf, initialTensors, useStockBackend } from './plain-tensorflow.ts';

export async function runNaive(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend, gradients, random } = assignment;
  await useStockBackend(backend);
  const data = floatRowsOf(workload);
  const net = new Net(
    workload,
    initialTensors(assignment).map((tensor) => tf.variable(tensor)),
  );
  const optimizer = tf.train.sgd(workload.learningRate);
  await pace.begin();
  for (const { x, y } of batchesOf(data, workload, RandomState.restore(random))) {
    const loss = gradients === 'manual' ? net.manualStep(x, y) : autodiffStep(net, optimizer, x, y);
    if (pace.stepDone()) await pace.roundOver(loss);
  }
}

function autodiffStep(net: Net, optimizer: ReturnType<typeof tf.train.sgd>, x: Tensor, y: Tensor): number {
  const loss = optimizer.minimize(() => net.loss(x, y), true)!;
  const value = loss.dataSync()[0];
  loss.dispose();
  return value;
}

/** σ layers, with or without a hidden layer. */
class Net {
  readonly #workload: Workload;
  readonly #variables: Variable[];

  constructor(workload: Workload, variables: Variable[]) {
    this.#workload = workload;
    this.#variables = variables;
  }

  loss(x: Tensor, y: Tensor): Scalar {
    const { logits } = this.#forward(x);
    return this.#lossOf(logits, y);
  }

  /** Gradients written out by hand. */
  manualStep(x: Tensor, y: Tensor): number {
    const { hidden: units, outputs, learningRate } = this.#workload;
    return tf.tidy(() => {
      const { hidden, logits } = this.#forward(x);
      const probabilities = outputs === 1 ? logits.sigmoid() : logits.softmax();
      const dLogits = probabilities.sub(y).mul(1 / x.shape[0]);
      const last = hidden ?? x;
      const gradients = [last.matMul(dLogits, true, false), dLogits.sum(0)];
      if (units > 0) {
        const dHidden = dLogits.matMul(this.#variables[2], false, true).mul(hidden!).mul(tf.sub(1, hidden!));
        gradients.unshift(x.matMul(dHidden, true, false), dHidden.sum(0));
      }
      const loss = this.#lossOf(logits, y).dataSync()[0];
      this.#variables.forEach((variable, i) => {
        variable.assign(variable.sub(gradients[i].mul(learningRate)));
      });
      return loss;
    });
  }

  #forward(x: Tensor): { hidden?: Tensor; logits: Tensor } {
    const [firstWeights, firstBias, weights, bias] = this.#variables;
    const first = x.matMul(firstWeights).add(firstBias);
    if (this.#workload.hidden === 0) return { logits: first };
    const hidden = first.sigmoid();
    return { hidden, logits: hidden.matMul(weights).add(bias) };
  }

  #lossOf(logits: Tensor, y: Tensor): Scalar {
    return this.#workload.outputs > 1
      ? tf.losses.softmaxCrossEntropy(y, logits)
      : tf.losses.sigmoidCrossEntropy(y, logits);
  }
}
