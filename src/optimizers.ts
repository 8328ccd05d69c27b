/**
 * From gradients to new parameters. Plain gradient descent is ours, because `tf.train.sgd` keeps its learning
 * rate in float32, which the double-precision runs cannot have; the others are TensorFlow.js's own.
 */
import type { Parameters, Tensors } from './model.ts';
import { runKernel } from './ops/run-kernel.ts';
import { scalarOf, tensorOf, valuesOf } from './tensors.ts';
import { tf, type Scalar, type Tensor, type Variable } from './tf.ts';
import type { OptimizerName } from './zoo.ts';

/** Plain data from which an optimiser continues exactly where it was. */
export type OptimizerState = Record<string, { shape: number[]; values: number[] }>;

export interface Optimizer {
  /** One step: moves every parameter by its gradient (same names). Does not dispose the gradients. */
  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void;
  state(): Promise<OptimizerState>;
  restore(state: OptimizerState): Promise<void>;
  dispose(): void;
}

export function createOptimizer(name: OptimizerName, learningRate: number): Optimizer {
  switch (name) {
    case 'sgd':
      return new GradientDescent();
    case 'momentum':
      return new TensorFlowOptimizer(tf.train.momentum(learningRate, 0.9));
    case 'adam':
      return new TensorFlowOptimizer(tf.train.adam(learningRate));
    case 'rmsprop':
      return new TensorFlowOptimizer(tf.train.rmsprop(learningRate));
    case 'adagrad':
      return new TensorFlowOptimizer(tf.train.adagrad(learningRate));
  }
}

/** w ← w − η·∂L/∂w */
class GradientDescent implements Optimizer {
  #rate: Scalar | undefined;
  #rateValue = NaN;

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    if (learningRate !== this.#rateValue || !this.#rate) {
      this.#rate?.dispose();
      this.#rate = tf.keep(scalarOf(learningRate));
      this.#rateValue = learningRate;
    }
    const rate = this.#rate;
    for (const [name, parameter] of Object.entries(parameters)) {
      const step = runKernel('Multiply', { a: gradients[name], b: rate });
      const moved = runKernel('Sub', { a: parameter, b: step });
      step.dispose();
      parameter.assign(moved);
      moved.dispose();
    }
  }

  state = () => Promise.resolve({});
  restore = () => Promise.resolve();
  dispose = () => this.#rate?.dispose();
}

/** What the optimisers of `tf.train` have in common but do not all declare. */
interface TrainOptimizer {
  /** Read at every step by all but momentum, … */
  learningRate: number;
  /** … which needs this. */
  setLearningRate?(rate: number): void;
  /** Momentum's rate as a tensor, which its own `dispose` forgets. */
  c?: Scalar;
  /** Adam's running products β₁ᵗ and β₂ᵗ: `getWeights` leaves them out and `setWeights` recomputes them less exactly. */
  accBeta1?: Variable;
  accBeta2?: Variable;
  applyGradients(gradients: { name: string; tensor: Tensor }[]): void;
  getWeights(): Promise<{ name: string; tensor: Tensor }[]>;
  setWeights(weights: { name: string; tensor: Tensor }[]): Promise<void>;
  dispose(): void;
}

class TensorFlowOptimizer implements Optimizer {
  readonly #optimizer: TrainOptimizer;

  constructor(optimizer: unknown) {
    this.#optimizer = optimizer as TrainOptimizer;
  }

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    if (learningRate !== this.#optimizer.learningRate) {
      this.#optimizer.learningRate = learningRate;
      this.#optimizer.setLearningRate?.(learningRate);
    }
    this.#optimizer.applyGradients(
      Object.entries(parameters).map(([key, { name }]) => ({ name, tensor: gradients[key] })),
    );
  }

  async state(): Promise<OptimizerState> {
    const { accBeta1, accBeta2 } = this.#optimizer;
    const saved = await this.#optimizer.getWeights();
    if (accBeta1) saved.push({ name: 'accBeta1', tensor: accBeta1 });
    if (accBeta2) saved.push({ name: 'accBeta2', tensor: accBeta2 });
    const state: OptimizerState = {};
    saved.forEach(({ name, tensor }) => {
      state[name] = { shape: tensor.shape, values: Array.from(valuesOf(tensor)) };
    });
    saved[0].tensor.dispose(); // the iteration count, which `getWeights` makes for us
    return state;
  }

  async restore({ accBeta1, accBeta2, ...weights }: OptimizerState): Promise<void> {
    if (Object.keys(weights).length === 0) return;
    const tensors = Object.entries(weights).map(([name, { shape, values }]) => ({
      name,
      tensor: tensorOf(Float64Array.from(values), shape),
    }));
    await this.#optimizer.setWeights(tensors);
    tf.dispose(tensors);
    tf.tidy(() => {
      if (accBeta1) this.#optimizer.accBeta1?.assign(scalarOf(accBeta1.values[0]));
      if (accBeta2) this.#optimizer.accBeta2?.assign(scalarOf(accBeta2.values[0]));
    });
  }

  dispose(): void {
    this.#optimizer.dispose();
    this.#optimizer.c?.dispose();
  }
}
