import { tf, type Tensor } from '../tf.ts';

/**
 * A fully connected layer before its activation: x·weights + bias.
 *
 * @param x `[batch, in]`
 * @param weights `[in, out]`
 * @param bias `[out]`
 * @returns `[batch, out]`, computed in one fused kernel.
 */
export function linear(x: Tensor, weights: Tensor, bias: Tensor): Tensor {
  return tf.fused.matMul({ a: x, b: weights, bias });
}
