import { tf, type Tensor } from '../tf.ts';
import { isRecorded, runKernel } from './run-kernel.ts';

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
  if (isRecorded()) return tf.add(tf.matMul(x, weights), bias);
  // `tf.fused.matMul` would make batches of one of both matrices, and a matrix of the result again.
  return runKernel('_FusedMatMul', { a: x, b: weights, bias }, asTheyAre);
}
const asTheyAre = { transposeA: false, transposeB: false, activation: 'linear' };
