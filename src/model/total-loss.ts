/**
 * A model's whole loss, data term and penalty, in its two forms.
 */
import type { Model, Tensors } from './model.ts';
import { valuesOf, type Values } from '../utils/tensors.ts';
import { tf, type Scalar, type Tensor } from '../utils/tf.ts';

/** The logits of a batch on the host, row-major. x is `[rows, features]`. */
export function logitsOnHost(model: Model, parameters: Tensors, x: Tensor): Values {
  let logits: Values = new Float64Array();
  // Not returned through `tidy`, which would look for tensors among the numbers.
  tf.tidy(() => {
    logits = valuesOf(model.forward(parameters, x).logits);
  });
  return logits;
}

/** Differentiable; logits and y are `[rows, outputs]`. */
export function lossAsTensor(model: Model, parameters: Tensors, logits: Tensor, y: Tensor): Scalar {
  const dataLoss = model.loss.of(logits, y);
  return model.penalty ? tf.add(dataLoss, model.penalty.of(parameters, y.shape[0])) : dataLoss;
}

/** In doubles, from logits that are on the host, row-major; y is `[rows, outputs]`. */
export function lossOnHost(model: Model, parameters: Tensors, logits: Values, y: Tensor): number {
  const rows = y.shape[0];
  return model.loss.measure(logits, valuesOf(y), rows) + penaltyOnHost(model, parameters, rows);
}

export const penaltyOnHost = ({ penalty }: Model, parameters: Tensors, rows: number): number =>
  penalty?.measure(parameters, rows) ?? 0;
