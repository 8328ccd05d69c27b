/**
 * Optimizers, in order of complexity. Notation: w a parameter, g = ∂L/∂w, η the learning rate.
 *
 * `sgd`, `momentum` and `adam` are written here, because TensorFlow.js stores their rates in float32 and the float64 backend
 * needs them in double precision. `adagrad` and `rmsprop` are those of TensorFlow.js.
 */
import type { Parameters, Tensors } from '../model/model.ts';
import { adamUpdate, addScaled } from '../model/operations.ts';
import { defaultRecipe, type OptimizerName, type Recipe } from '../model/recipe.ts';
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

export type AdamSettings = Pick<Recipe, 'beta1' | 'beta2' | 'epsilon' | 'weightDecay'>;

/** @param settings of adam; the others have none */
export function createOptimizer(name: OptimizerName, settings: AdamSettings = defaultRecipe): Optimizer {
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
      return new Adam(settings);
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

/**
 * Adam, and AdamW where weights decay: with m, v and t starting at 0,
 * t ← t + 1, m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
 * w ← w − η·λ·w − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ).
 * λ is the weight decay of matrices, 0 of everything else. D. Kingma, J. Ba, 2015; I. Loshchilov, F. Hutter, 2019.
 */
export class Adam implements Optimizer {
  readonly #settings: AdamSettings;
  /** m and v of each parameter, by the parameter's name. */
  readonly #moments = new Map<string, [m: Variable, v: Variable]>();
  #steps = 0;

  constructor(settings: AdamSettings) {
    this.#settings = settings;
  }

  apply(parameters: Parameters, gradients: Tensors, learningRate: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#settings;
    this.#steps++;
    const [correction1, correction2] = [1 - beta1 ** this.#steps, 1 - beta2 ** this.#steps];
    const step = { beta1, beta2, epsilon, rate: learningRate, decay: 0, correction1, correction2 };
    for (const [name, parameter] of Object.entries(parameters)) {
      let moments = this.#moments.get(name);
      if (!moments) this.#moments.set(name, (moments = [zeros(parameter), zeros(parameter)]));
      step.decay = parameter.rank > 1 ? weightDecay : 0;
      adamUpdate(parameter, gradients[name], moments[0], moments[1], step);
    }
  }

  state(): Promise<OptimizerState> {
    const moments = Array.from(this.#moments, ([name, [m, v]]) => [
      [`${name}/m`, toPlain(m)],
      [`${name}/v`, toPlain(v)],
    ]).flat();
    if (this.#steps === 0) return Promise.resolve({});
    return Promise.resolve({ ...Object.fromEntries(moments), steps: { shape: [], values: [this.#steps] } });
  }

  restore({ steps, ...moments }: OptimizerState): Promise<void> {
    this.dispose();
    this.#steps = steps?.values[0] ?? 0;
    const names = Object.keys(moments).filter((key) => key.endsWith('/m'));
    for (const key of names) {
      const name = key.slice(0, -'/m'.length);
      this.#moments.set(name, [variableOf(moments[key]), variableOf(moments[`${name}/v`])]);
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.#moments.forEach((moments) => tf.dispose(moments));
    this.#moments.clear();
  }
}

/**
 * Shortens gradients whose norm, taken over all of them, exceeds the largest allowed.
 * R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks", 2013.
 *
 * @param gradients replaced where they are shortened
 */
export function clipGradients(gradients: Tensors, largestNorm: number): void {
  const squares = Object.values(gradients).map((gradient) =>
    tf.tidy(() => valuesOf(tf.sum(tf.square(gradient)))[0]),
  );
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  if (!(norm > largestNorm)) return;
  for (const [name, gradient] of Object.entries(gradients)) {
    gradients[name] = tf.tidy(() => tf.mul(gradient, scalarOf(largestNorm / norm)));
    gradient.dispose();
  }
}

/** The part of `tf.train`'s optimizers that is used here; their own types do not declare all of it. */
interface TrainOptimizer {
  /** Read at each step. */
  learningRate: number;
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
    const weights = await this.#optimizer.getWeights();
    const state = Object.fromEntries(weights.map(({ name, tensor }) => [name, toPlain(tensor)]));
    weights[0].tensor.dispose(); // the iteration count: `getWeights` creates it for the caller
    return state;
  }

  async restore(weights: OptimizerState): Promise<void> {
    if (Object.keys(weights).length === 0) return;
    const tensors = Object.entries(weights).map(([name, plain]) => ({ name, tensor: fromPlain(plain) }));
    await this.#optimizer.setWeights(tensors);
    tf.dispose(tensors);
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

const zeros = (like: Tensor): Variable => tf.tidy(() => tf.variable(tf.zerosLike(like), false));

const variableOf = (plain: OptimizerState[string]): Variable =>
  tf.tidy(() => tf.variable(fromPlain(plain), false));

const fromPlain = ({ shape, values }: OptimizerState[string]): Tensor =>
  tensorOf(Float64Array.from(values), shape);
