import type { Batch } from './batches.ts';
import type { GradientSource } from './gradients/index.ts';
import type { Model, Parameters } from './model.ts';
import type { Optimizer } from './optimizers.ts';
import { disposeAll } from './parameters.ts';

/** One step of training: gradients of the batch, then the optimiser's update. Returns the loss before the update. */
export function trainStep(
  model: Model,
  parameters: Parameters,
  source: GradientSource,
  optimizer: Optimizer,
  { x, y }: Batch,
  learningRate: number,
): number {
  const { loss, gradients } = source(model, parameters, x, y);
  optimizer.apply(parameters, gradients, learningRate);
  disposeAll(gradients);
  return loss;
}
