import type { Scalar, Tensor } from './tf.ts';

/** A loss of logits. Both definitions must be finite and right for large |logits|. */
export interface Loss {
  name: string;
  /** Differentiable: logits and y `[batch, outputs]` → scalar. */
  of(logits: Tensor, y: Tensor): Scalar;
  /** The same number computed in plain doubles on the host, for reporting. */
  measure(logits: Tensor, y: Tensor): number;
}
