/**
 * What a model is: its parameters, its forward pass, its loss, and its gradients written by hand.
 * Nothing here knows about files, optimizers or backends.
 */
import * as z from '../utils/schema.ts';
import type { ParameterValues } from './initializers.ts';
import type { Loss } from './losses.ts';
import type { Regularizer } from './regularizers.ts';
import type { RandomState } from '../utils/random.ts';
import type { Tensor, Variable } from '../utils/tf.ts';

/** Named tensors. */
export type Tensors = Record<string, Tensor>;

/** A model's named parameters: `weights`, `hiddenBias`, … */
export type Parameters = Record<string, Variable>;

export const tasks = ['binary', 'multiclass', 'regression', 'next-token'] as const;

/** What initial parameters may depend on. */
export interface Shape {
  /** Columns of x; for `next-token` the longest sequence. */
  features: number;
  /** Outputs where there are several: of a regression 1, for `next-token` the number of symbols. */
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
   * `next-token`: x and y are int32 `[batch, T]`, the logits have a row for each position, `[batch·T, symbols]`; y is −1
   * where nothing is to be predicted.
   */
  task: (typeof tasks)[number];
  /** Initial values of every parameter, in plain doubles. */
  initial(shape: Shape): Record<string, ParameterValues>;
  /**
   * The dropout masks of one training step. They are drawn before the step, so that hand-written gradients, autodiff and
   * differences all see the same ones. Models without dropout leave it out.
   */
  dropoutMasks?(rows: number, random: RandomState): Record<string, ParameterValues>;
  /**
   * x is `[batch, features]`, or tokens `[batch, T]`. Runs under autodiff too: only differentiable operations.
   *
   * @param dropoutMasks of this step; without them the network predicts
   */
  forward(parameters: Tensors, x: Tensor, dropoutMasks?: Tensors): A;
  loss: Loss;
  /** What is added to the loss for the parameters' size (L1, L2). */
  regularizer?: Regularizer;
  /** ∂(loss + regularizer)/∂parameter for every parameter, by hand. Runs inside `tf.tidy`. */
  gradients(parameters: Tensors, x: Tensor, y: Tensor, activations: A): Tensors;
}

/** Checks nothing at run time; it lets TypeScript carry the activations' names from `forward` to `gradients`. */
export function defineModel<A extends Activations>(model: Model<A>): Model<A> {
  return model;
}

const modelFields = {
  name: z.string(),
  task: z.literal(tasks),
  initial: z.callable,
  forward: z.callable,
  loss: z.plainObject,
  regularizer: z.optional(z.plainObject),
  dropoutMasks: z.optional(z.callable),
  gradients: z.callable,
};
const regularizerFields = { tensor: z.callable, value: z.callable };
const lossFields = {
  name: z.string(),
  reduction: z.literal(['mean', 'sum']),
  ...regularizerFields,
  weighting: z.optional(z.plainObject),
};
const renamedInLosses = { of: 'tensor', measure: 'value' };

/**
 * @param where how to call the model in messages
 * @throws InputError if a value is not a model, or has a field that models do not have
 */
export function validateModel(model: Model, where = 'The model'): void {
  z.checkValue(where, model, z.plainObject);
  z.rejectUnknownFields(where, model, Object.keys(modelFields), {
    penalty: 'regularizer',
    noise: 'dropoutMasks',
  });
  z.checkFields(where, model, modelFields);
  const { loss, regularizer } = model;
  z.rejectUnknownFields(`${where}.loss`, loss, Object.keys(lossFields), renamedInLosses);
  z.checkFields(`${where}.loss`, loss, lossFields);
  if (!regularizer) return;
  z.rejectUnknownFields(`${where}.regularizer`, regularizer, Object.keys(regularizerFields), renamedInLosses);
  z.checkFields(`${where}.regularizer`, regularizer, regularizerFields);
}
