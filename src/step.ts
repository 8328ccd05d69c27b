import type { Batch } from './batches.ts';
import type { GradientSource } from './gradients/index.ts';
import type { Model, Parameters, Tensors } from './model.ts';
import type { Optimizer } from './optimizers.ts';
import { disposeAll } from './parameters.ts';
import { constant } from './tensors.ts';
import { tf } from './tf.ts';

/** One step of training: gradients of the batch, then the optimiser's update. Returns the loss before the update. */
export function trainStep(
  model: Model,
  parameters: Parameters,
  source: GradientSource,
  optimizer: Optimizer,
  { x, y }: Batch,
  learningRate: number,
  weightDecay = 0,
): number {
  const { loss, gradients } = source(model, parameters, x, y);
  if (weightDecay > 0) decayWeights(parameters, gradients, weightDecay);
  optimizer.apply(parameters, gradients, learningRate);
  disposeAll(gradients);
  return loss;
}

/** Adds weightDecay·w to the gradient of every matrix; biases, being vectors, are left alone. */
function decayWeights(parameters: Parameters, gradients: Tensors, weightDecay: number): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter.rank < 2) continue;
    const gradient = gradients[name];
    gradients[name] = tf.tidy(() => tf.add(gradient, tf.mul(parameter, constant(weightDecay))));
    gradient.dispose();
  }
}
