/**
 * Regularizers: what is added to a loss for the size of weights. Like a loss, a regularizer is defined twice: `tensor` in
 * differentiable operations, for autodiff, and `value` in plain doubles, for reporting.
 */
import { addScaled } from './operations.ts';
import { constant, valuesOf } from '../utils/tensors.ts';
import { tf, type NamedTensorMap, type Scalar, type Tensor } from '../utils/tf.ts';

export interface Regularizer {
  /** Differentiable; `rows` is the batch size. */
  tensor(parameters: NamedTensorMap, rows: number): Scalar;
  /** The same number in doubles. */
  value(parameters: NamedTensorMap, rows: number): number;
}

/**
 * Document 003's regularisation, (l1·Σ|w| + l2/2·Σw²) / m over the weights that are named; none where both shares are 0.
 * ∂/∂w = (l1·sign(w) + l2·w) / m.
 */
export function l1l2(names: string[], { l1, l2 }: { l1: number; l2: number }): Regularizer | undefined {
  if (l1 === 0 && l2 === 0) return undefined;
  return {
    tensor(parameters, rows) {
      const terms: Tensor[] = [];
      for (const name of names) {
        const weights = parameters[name];
        // |w| is written w·sign(w), so that autodiff too takes sign(0) = 0 as its slope at the kink; `abs` would take −1.
        if (l1 > 0) terms.push(tf.mul(tf.sum(tf.mul(weights, tf.sign(weights))), constant(l1 / rows)));
        if (l2 > 0) terms.push(tf.mul(tf.sum(tf.square(weights)), constant(l2 / 2 / rows)));
      }
      return tf.addN(terms).asScalar();
    },

    value(parameters, rows) {
      let absolute = 0;
      let squares = 0;
      for (const name of names) {
        for (const weight of valuesOf(parameters[name])) {
          absolute += Math.abs(weight);
          squares += weight * weight;
        }
      }
      return (l1 * absolute + (l2 / 2) * squares) / rows;
    },
  };
}

/** Adds the derivative of {@link l1l2}, (l1·sign(w) + l2·w) / m, to the gradient of a weight. m is `rows`. */
export function addL1L2Gradient(
  gradient: Tensor,
  weights: Tensor,
  rows: number,
  { l1, l2 }: { l1: number; l2: number },
): Tensor {
  const sum = l1 > 0 ? addScaled(gradient, tf.sign(weights), l1 / rows) : gradient;
  return l2 > 0 ? addScaled(sum, weights, l2 / rows) : sum;
}
