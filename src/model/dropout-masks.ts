/**
 * Dropout masks: the random part of a training step.
 *
 * They are drawn before the step and bound to the model. Hand-written gradients, autodiff and central differences
 * therefore all differentiate the same function.
 */
import type { ParameterValues } from './initializers.ts';
import type { Model, Tensors } from './model.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';

/** Two odd constants that spread neighboring integers over all 32 bits (Knuth's multiplicative hashing). */
const seedMultiplier = 0x9e3779b1;
const stepMultiplier = 0x85ebca6b;

/** The random numbers of one step. They depend on no earlier step, so a resumed run draws the same ones. */
export const randomForStep = (seed: number, step: number): RandomState =>
  new RandomState((Math.imul(seed, seedMultiplier) ^ Math.imul(step + 1, stepMultiplier)) >>> 0);

/** The same model with these masks in its forward pass. */
export const bindDropoutMasks = (model: Model, masks: Tensors): Model =>
  // Inherits instead of copying: a model may be an instance of a class, whose methods a spread would lose.
  Object.create(model, {
    forward: { value: (parameters: Tensors, x: never) => model.forward(parameters, x, masks) },
  }) as Model;

/**
 * Calls `work` with the model as it is in one training step, and disposes the masks afterwards.
 *
 * @param draw returns the step's masks; not called for a model without dropout
 */
export function withDropoutMasks<T>(
  model: Model,
  draw: (dropoutMasks: NonNullable<Model['dropoutMasks']>) => Record<string, ParameterValues>,
  work: (model: Model) => T,
): T {
  if (!model.dropoutMasks) return work(model);
  const masks = Object.fromEntries(
    Object.entries(draw(model.dropoutMasks.bind(model))).map(([name, { shape, values }]) => [
      name,
      tensorOf(values, shape),
    ]),
  );
  try {
    return work(bindDropoutMasks(model, masks));
  } finally {
    tf.dispose(masks);
  }
}
