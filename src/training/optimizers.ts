/**
 * Optimizers, in order of complexity. Notation: w a parameter, g = ∂L/∂w, η the learning rate.
 *
 * `sgd` and `momentum` are written here, because TensorFlow.js stores their rates in float32 and the float64 backend
 * needs them in double precision. The adaptive ones are those of TensorFlow.js.
 */
import type { Parameters, Tensors } from '../model/model.ts';
import { addScaled } from '../model/operations.ts';
import type { OptimizerName } from '../model/recipe.ts';
import { scalarOf, tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf, type Tensor, type Variable } from '../utils/tf.ts';

export interface Optimizer {
  /**
   * Updates every parameter in place.
   *
   * @param gradients one per parameter, of the same name and shape; not disposed
   */
  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void;
  /** What a resumed training needs to continue bit for bit. */
  state(): Promise<OptimizerState>;
  restore(state: OptimizerState): Promise<void>;
  dispose(): void;
}

/** Named tensors as plain data, so that checkpoints can hold them. */
export type OptimizerState = Record<string, { shape: number[]; values: number[] }>;

export function createOptimizer(name: OptimizerName): Optimizer {
  switch (name) {
    case 'sgd':
      return new Sgd();
    case 'momentum':
      return new Momentum(0.9);
    case 'adagrad':
      return new TensorFlowOptimizer(tf.train.adagrad(setBeforeEachStep));
    case 'rmsprop':
      return new TensorFlowOptimizer(tf.train.rmsprop(setBeforeEachStep));
    case 'adam':
      return new TensorFlowOptimizer(tf.train.adam(setBeforeEachStep));
  }
}

/** `apply` sets the learning rate. If it ever failed to, the parameters would become NaN at once. */
const setBeforeEachStep = NaN;

/** Stochastic gradient descent: w ← w − η·g. */
class Sgd implements Optimizer {
  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    for (const [name, parameter] of Object.entries(parameters)) {
      subtractScaled(parameter, gradients[name], learningRate);
    }
  }

  state(): Promise<OptimizerState> {
    return Promise.resolve({});
  }

  restore(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {}
}

/** Gradient descent with momentum μ: v ← μ·v + g, w ← w − η·v. B. Polyak, 1964. */
class Momentum implements Optimizer {
  readonly #momentum: number;
  /** v of each parameter, by the parameter's name. */
  readonly #velocities = new Map<string, Tensor>();

  constructor(momentum: number) {
    this.#momentum = momentum;
  }

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    for (const [name, parameter] of Object.entries(parameters)) {
      subtractScaled(parameter, this.#updateVelocity(name, gradients[name]), learningRate);
    }
  }

  #updateVelocity(name: string, gradient: Tensor): Tensor {
    const previous = this.#velocities.get(name);
    const velocity = previous ? addScaled(gradient, previous, this.#momentum) : gradient.clone();
    previous?.dispose();
    this.#velocities.set(name, tf.keep(velocity));
    return velocity;
  }

  state(): Promise<OptimizerState> {
    const velocities = Array.from(this.#velocities, ([name, v]) => [name, toPlain(v)] as const);
    return Promise.resolve(Object.fromEntries(velocities));
  }

  restore(state: OptimizerState): Promise<void> {
    this.dispose();
    for (const [name, velocity] of Object.entries(state)) {
      this.#velocities.set(name, tf.keep(fromPlain(velocity)));
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.#velocities.forEach((v) => v.dispose());
    this.#velocities.clear();
  }
}

/** The part of `tf.train`'s optimizers that is used here; their own types do not declare all of it. */
interface TrainOptimizer {
  /** Read at each step. */
  learningRate: number;
  /** Adam's β₁ᵗ and β₂ᵗ. `getWeights` omits them, and `setWeights` recomputes them with a rounding error. */
  accBeta1?: Variable;
  accBeta2?: Variable;
  applyGradients(gradients: { name: string; tensor: Tensor }[]): void;
  getWeights(): Promise<{ name: string; tensor: Tensor }[]>;
  setWeights(weights: { name: string; tensor: Tensor }[]): Promise<void>;
  dispose(): void;
}

/**
 * An optimizer of `tf.train`. Those that `createOptimizer` makes, with s and v starting at 0 unless noted:
 *
 * - adagrad: s ← s + g², w ← w − η·g/√(s + ε), s starting at 0.1. J. Duchi, E. Hazan, Y. Singer, 2011.
 * - rmsprop: v ← ρ·v + (1 − ρ)·g², w ← w − η·g/√(v + ε), ρ = 0.9. T. Tieleman, G. Hinton, 2012.
 * - adam: m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², w ← w − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ) and
 *   v̂ = v/(1 − β₂ᵗ), β₁ = 0.9, β₂ = 0.999. D. Kingma, J. Ba, 2015.
 */
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
    const weights = await this.#optimizer.getWeights();
    const state = Object.fromEntries(weights.map(({ name, tensor }) => [name, toPlain(tensor)]));
    if (accBeta1) state.accBeta1 = toPlain(accBeta1);
    if (accBeta2) state.accBeta2 = toPlain(accBeta2);
    weights[0].tensor.dispose(); // the iteration count: `getWeights` creates it for the caller
    return state;
  }

  async restore({ accBeta1, accBeta2, ...weights }: OptimizerState): Promise<void> {
    if (Object.keys(weights).length === 0) return;
    const tensors = Object.entries(weights).map(([name, plain]) => ({ name, tensor: fromPlain(plain) }));
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

/** w ← w − η·d */
function subtractScaled(parameter: Variable, direction: Tensor, learningRate: number): void {
  const updated = addScaled(parameter, direction, -learningRate);
  parameter.assign(updated);
  updated.dispose();
}

const toPlain = (tensor: Tensor): OptimizerState[string] => ({
  shape: tensor.shape,
  values: Array.from(valuesOf(tensor)),
});

const fromPlain = ({ shape, values }: OptimizerState[string]): Tensor =>
  tensorOf(Float64Array.from(values), shape);
