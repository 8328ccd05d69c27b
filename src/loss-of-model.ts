/**
 * A model's whole loss, data term and penalty, in its two forms.
 */
import type { Model, Tensors } from './model.ts';
import { valuesOf } from './tensors.ts';
import { tf, type Scalar, type Tensor } from './tf.ts';

/** Differentiable; x is `[rows, features]`, y `[rows, outputs]`. */
export function lossAsTensor(model: Model, parameters: Tensors, x: Tensor, y: Tensor): Scalar {
  const { logits } = model.forward(parameters, x);
  const dataLoss = model.loss.of(logits, y);
  return model.penalty ? tf.add(dataLoss, model.penalty(parameters, x.shape[0])) : dataLoss;
}

/** In doubles, from logits that are already there. */
export function lossOnHost(model: Model, parameters: Tensors, logits: Tensor, y: Tensor): number {
  const rows = logits.shape[0];
  return model.loss.measure(valuesOf(logits), valuesOf(y), rows) + penaltyOnHost(model, parameters, rows);
}

export function penaltyOnHost(model: Model, parameters: Tensors, rows: number): number {
  return model.penalty ? tf.tidy(() => valuesOf(model.penalty!(parameters, rows))[0]) : 0;
}
