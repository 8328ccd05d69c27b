import { tf, type Tensor } from '../tf.ts';

/**
 * A fully connected layer before its activation: x·weights + bias.
 *
 * @param x `[batch, in]`
 * @param weights `[in, out]`
 * @param bias `[out]`
 * @returns `[batch, out]`, computed in one fused kernel. Not while autodiff records, though: the gradient of the fused
 *   kernel computes ∂L/∂x too, even where x is data, which for a first layer is the largest product of the step.
 */
export function linear(x: Tensor, weights: Tensor, bias: Tensor): Tensor {
  const isRecorded = tf.engine().state.gradientDepth > 0;
  return isRecorded ? tf.add(tf.matMul(x, weights), bias) : tf.fused.matMul({ a: x, b: weights, bias });
}
