/**
 * What a model is: its parameters, its forward pass, its loss, and its gradients written by hand.
 * Nothing here knows about files, optimisers or backends.
 */
import type { ParameterValues } from './initial-values.ts';
import type { Loss } from './losses.ts';
import type { Penalty } from './penalties.ts';
import type { RandomState } from './random.ts';
import type { Tensor, Variable } from './tf.ts';

/** Named tensors. */
export type Tensors = Record<string, Tensor>;

/** A model's named parameters: `weights`, `hiddenBias`, … */
export type Parameters = Record<string, Variable>;

/** What initial parameters may depend on. */
export interface Shape {
  /** Columns of x. */
  features: number;
  classes: number;
  random: RandomState;
}

/** Everything the forward pass computed that the gradients reuse; `logits` is required. */
export type Activations = { logits: Tensor } & Tensors;

export interface Model<A extends Activations = Activations> {
  name: string;
  /** `binary`: one logit, y is `[batch, 1]`. `multiclass`: a logit per class, y is one-hot `[batch, classes]`. */
  task: 'binary' | 'multiclass';
  /** Initial values of every parameter, in plain doubles. */
  initial(shape: Shape): Record<string, ParameterValues>;
  /** x is `[batch, features]`. Runs under autodiff too: only differentiable operations. */
  forward(parameters: Tensors, x: Tensor): A;
  loss: Loss;
  /** What is added to the loss for the parameters' size (L1, L2). */
  penalty?: Penalty;
  /** ∂(loss + penalty)/∂parameter for every parameter, by hand. Runs inside `tf.tidy`. */
  gradients(parameters: Tensors, x: Tensor, y: Tensor, activations: A): Tensors;
}

/** Checks nothing at run time; it lets TypeScript carry the activations' names from `forward` to `gradients`. */
export function defineModel<A extends Activations>(model: Model<A>): Model<A> {
  return model;
}
