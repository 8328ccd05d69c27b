/**
 * From gradients to new parameters. Gradient descent is ours, plain or with momentum, because TensorFlow.js keeps its
 * rates in float32, which the double-precision runs cannot have; the others are TensorFlow.js's own.
 */
import type { Parameters, Tensors } from '../model/model.ts';
import { addScaled } from '../model/operations.ts';
import { scalarOf, tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf, type Tensor, type Variable } from '../utils/tf.ts';
import type { OptimizerName } from '../model/recipe.ts';

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
      return new GradientDescent(0);
    case 'momentum':
      return new GradientDescent(0.9);
    case 'adam':
      return new TensorFlowOptimizer(tf.train.adam(learningRate));
    case 'rmsprop':
      return new TensorFlowOptimizer(tf.train.rmsprop(learningRate));
    case 'adagrad':
      return new TensorFlowOptimizer(tf.train.adagrad(learningRate));
  }
}

/**
 * Gradient descent with momentum μ (B. Polyak, 1964), plain where μ is 0:
 *
 *   v ← μ·v + ∂L/∂w        w ← w − η·v
 */
class GradientDescent implements Optimizer {
  readonly #momentum: number;
  /** Each parameter's v, by its name. */
  readonly #velocities = new Map<string, Tensor>();

  constructor(momentum: number) {
    this.#momentum = momentum;
  }

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    for (const [name, parameter] of Object.entries(parameters)) {
      const step = this.#momentum === 0 ? gradients[name] : this.#accelerated(name, gradients[name]);
      const moved = addScaled(parameter, step, -learningRate);
      parameter.assign(moved);
      moved.dispose();
    }
  }

  /** The next velocity of a parameter. The first is its gradient. */
  #accelerated(name: string, gradient: Tensor): Tensor {
    const before = this.#velocities.get(name);
    const velocity = before ? addScaled(gradient, before, this.#momentum) : gradient.clone();
    before?.dispose();
    this.#velocities.set(name, tf.keep(velocity));
    return velocity;
  }

  state(): Promise<OptimizerState> {
    const state: OptimizerState = {};
    for (const [name, v] of this.#velocities) {
      state[name] = { shape: v.shape, values: Array.from(valuesOf(v)) };
    }
    return Promise.resolve(state);
  }

  restore(state: OptimizerState): Promise<void> {
    this.dispose();
    for (const [name, { shape, values }] of Object.entries(state)) {
      this.#velocities.set(name, tf.keep(tensorOf(Float64Array.from(values), shape)));
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.#velocities.forEach((v) => v.dispose());
    this.#velocities.clear();
  }
}

/** What the optimisers of `tf.train` have in common but do not all declare. */
interface TrainOptimizer {
  /** Read at every step. */
  learningRate: number;
  /** Adam's running products β₁ᵗ and β₂ᵗ: `getWeights` leaves them out and `setWeights` recomputes them less exactly. */
  accBeta1?: Variable;
  accBeta2?: Variable;
  applyGradients(gradients: { name: string; tensor: Tensor }[]): void;
  getWeights(): Promise<{ name: string; tensor: Tensor }[]>;
  setWeights(weights: { name: string; tensor: Tensor }[]): Promise<void>;
  dispose(): void;
}

/** One of `tf.train`. */
export class TensorFlowOptimizer implements Optimizer {
  readonly #optimizer: TrainOptimizer;

  constructor(optimizer: unknown) {
    this.#optimizer = optimizer as TrainOptimizer;
  }

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    this.#optimizer.learningRate = learningRate;
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
  }
}
