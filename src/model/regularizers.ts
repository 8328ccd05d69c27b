/**
 * What is added to a loss for the size of weights. Like a loss, a penalty is defined twice: `of` in differentiable
 * tensor operations, for autodiff, and `measure` in plain doubles, for reporting.
 */
import { constant, valuesOf } from '../utils/tensors.ts';
import { tf, type NamedTensorMap, type Scalar, type Tensor } from '../utils/tf.ts';

export interface Penalty {
  /** Differentiable; `rows` is the batch size. */
  of(parameters: NamedTensorMap, rows: number): Scalar;
  /** The same number in doubles. */
  measure(parameters: NamedTensorMap, rows: number): number;
}

/**
 * Document 003's regularisation, (l1·Σ|w| + l2/2·Σw²) / m over the weights that are named; none where both shares are 0.
 * ∂/∂w = (l1·sign(w) + l2·w) / m.
 */
export function weightPenalty(names: string[], { l1, l2 }: { l1: number; l2: number }): Penalty | undefined {
  if (l1 === 0 && l2 === 0) return undefined;
  return {
    of(parameters, rows) {
      const terms: Tensor[] = [];
      for (const name of names) {
        const weights = parameters[name];
        // |w| is written w·sign(w), so that autodiff too takes sign(0) = 0 as its slope at the kink; `abs` would take −1.
        if (l1 > 0) terms.push(tf.mul(tf.sum(tf.mul(weights, tf.sign(weights))), constant(l1 / rows)));
        if (l2 > 0) terms.push(tf.mul(tf.sum(tf.square(weights)), constant(l2 / 2 / rows)));
      }
      return tf.addN(terms).asScalar();
    },

    measure(parameters, rows) {
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
