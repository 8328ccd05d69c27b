import type { Model, Parameters } from '../model.ts';
import type { Values } from '../../utils/tensors.ts';
import type { Tensor } from '../../utils/tf.ts';

export interface LossAndGradients {
  /** Loss and penalty of the batch. */
  loss: number;
  /** Of the same forward pass, on the host: `[rows, outputs]`, row-major. */
  logits: Values;
  /** ∂loss/∂parameter, one tensor of the parameter's shape each. The caller disposes them. */
  gradients: Record<string, Tensor>;
}

/** x is `[batch, features]`, y `[batch, outputs]`. */
export type GradientSource = (model: Model, parameters: Parameters, x: Tensor, y: Tensor) => LossAndGradients;
