/**
 * What of a training step is random. It is drawn beforehand and bound to the model, so that whoever differentiates the step,
 * by hand, by autodiff or by differences, differentiates the same function.
 */
import type { ParameterValues } from './initializers.ts';
import type { Model, Tensors } from './model.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';

/** Two odd constants that spread neighbouring numbers over all 32 bits (Knuth's multiplicative hashing). */
const [spreadSeeds, spreadSteps] = [0x9e3779b1, 0x85ebca6b];

/** The numbers of one step, which a resumed run draws again without those of the steps before. */
export const randomForStep = (seed: number, step: number): RandomState =>
  new RandomState((Math.imul(seed, spreadSeeds) ^ Math.imul(step + 1, spreadSteps)) >>> 0);

/** The model whose forward pass sees this noise. */
export const bindDropoutMasks = (model: Model, noise: Tensors): Model =>
  // Its other methods may be those of a class.
  Object.create(model, {
    forward: { value: (parameters: Tensors, x: never) => model.forward(parameters, x, noise) },
  }) as Model;

/**
 * Does something with the model as it is in one step.
 *
 * @param draw the step's noise; not called for a model that has none
 */
export function withDropoutMasks<T>(
  model: Model,
  draw: (noise: NonNullable<Model['dropoutMasks']>) => Record<string, ParameterValues>,
  work: (model: Model) => T,
): T {
  if (!model.dropoutMasks) return work(model);
  const noise = Object.fromEntries(
    Object.entries(draw(model.dropoutMasks.bind(model))).map(([name, { shape, values }]) => [
      name,
      tensorOf(values, shape),
    ]),
  );
  try {
    return work(bindDropoutMasks(model, noise));
  } finally {
    tf.dispose(noise);
  }
}
