/**
 * The operations that models share, beside those of TensorFlow.js itself.
 */
import { isRecorded, kernelOf, runKernel } from './direct-kernels.ts';
import { scalarOf } from '../utils/tensors.ts';
import { tf, type Tensor } from '../utils/tf.ts';

export { constant } from '../utils/tensors.ts';

/** Kernels of the zoo's own, which a backend may have; where it has not, the operations do without. */
export const optionalKernels = [
  'AddScaled',
  'PooledConvolution',
  'PooledConvolutionFilterGradient',
  'PooledConvolutionInputGradient',
  'ReluGradient',
];

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

/** aᵀ·b: `[rows, n]`, `[rows, k]` → `[n, k]`. The gradient of weights is `transposedMatMul(input, ∂L/∂z)`. */
export const transposedMatMul = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });

/** a·bᵀ: `[rows, k]`, `[n, k]` → `[rows, n]`. It carries ∂L/∂z back through weights. */
export const matMulTransposed = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: true });

/** Σ over the batch: `[rows, n]` → `[n]`. The gradient of a bias. */
export const sumRows = (a: Tensor): Tensor => runKernel('Sum', { x: a }, { axis: [0], keepDims: false });

/** a + factor·b of one shape, in one pass where the backend has a kernel for it. */
export function addScaled(a: Tensor, b: Tensor, factor: number): Tensor {
  if (kernelOf('AddScaled')) return runKernel('AddScaled', { a, b }, { factor });
  const scalar = scalarOf(factor);
  const scaled = runKernel('Multiply', { a: b, b: scalar });
  const sum = runKernel('Add', { a, b: scaled });
  tf.dispose([scalar, scaled]);
  return sum;
}
