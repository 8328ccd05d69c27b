/**
 * What a model is: its parameters, its forward pass, its loss, and its gradients written by hand.
 * Nothing here knows about files, optimisers or backends.
 */
import { aFunction, anObject, aText, checkFields, oneOf, optional } from '../utils/given.ts';
import type { ParameterValues } from './initializers.ts';
import type { Loss } from './losses.ts';
import type { Penalty } from './regularizers.ts';
import type { RandomState } from '../utils/random.ts';
import type { Tensor, Variable } from '../utils/tf.ts';

/** Named tensors. */
export type Tensors = Record<string, Tensor>;

/** A model's named parameters: `weights`, `hiddenBias`, … */
export type Parameters = Record<string, Variable>;

export const tasks = ['binary', 'multiclass', 'regression'] as const;

/** What initial parameters may depend on. */
export interface Shape {
  /** Columns of x. */
  features: number;
  /** Outputs where there are several: of a regression 1. */
  classes: number;
  random: RandomState;
}

/** Everything the forward pass computed that the gradients reuse; `logits` is required. */
export type Activations = { logits: Tensor } & Tensors;

export interface Model<A extends Activations = Activations> {
  name: string;
  /**
   * `binary`: one logit, y is `[batch, 1]`. `multiclass`: a logit per class, y is one-hot `[batch, classes]`.
   * `regression`: the one output is the number itself, y is `[batch, 1]`.
   */
  task: (typeof tasks)[number];
  /** Initial values of every parameter, in plain doubles. */
  initial(shape: Shape): Record<string, ParameterValues>;
  /**
   * The random numbers of one step of training, such as the masks of dropout: drawn before the step, so that gradients by
   * hand, by autodiff and by differences all see the same ones. Models without any leave it out.
   */
  noise?(rows: number, random: RandomState): Record<string, ParameterValues>;
  /**
   * x is `[batch, features]`. Runs under autodiff too: only differentiable operations.
   *
   * @param noise of this step; without it the network is as it predicts
   */
  forward(parameters: Tensors, x: Tensor, noise?: Tensors): A;
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

/** @throws InputError where something that a program gives is no model */
export function checkModelGiven(model: Model): void {
  checkFields('The model', model, {
    name: aText,
    task: oneOf(tasks),
    initial: aFunction,
    forward: aFunction,
    loss: anObject,
    penalty: optional(anObject),
    noise: optional(aFunction),
    gradients: aFunction,
  });
  const both = { of: aFunction, measure: aFunction };
  checkFields('The model.loss', model.loss, both);
  if (model.penalty) checkFields('The model.penalty', model.penalty, both);
}
