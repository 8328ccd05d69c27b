import type { Batch } from '../data/batches.ts';
import type { GradientSource } from '../model/gradients.ts';
import type { Model, Parameters } from '../model/model.ts';
import type { Optimizer } from './optimizers.ts';
import { disposeAll } from '../model/parameters.ts';
import type { Values } from '../utils/tensors.ts';

/** One step of training: gradients of the batch, then the optimiser's update. Returns what the batch gave before the update. */
export function trainStep(
  model: Model,
  parameters: Parameters,
  source: GradientSource,
  optimizer: Optimizer,
  { x, y }: Pick<Batch, 'x' | 'y'>,
  learningRate: number,
): { loss: number; logits: Values } {
  const { loss, logits, gradients } = source(model, parameters, x, y);
  optimizer.apply(parameters, gradients, learningRate);
  disposeAll(gradients);
  return { loss, logits };
}
