/**
 * The few matrix operations that hand-written gradients are made of, named as they are said aloud.
 */
import type { Tensor } from '../tf.ts';
import { runKernel } from './run-kernel.ts';

/** aᵀ·b: `[rows, n]`, `[rows, k]` → `[n, k]`. The gradient of weights is `transposedMatMul(input, ∂L/∂z)`. */
export const transposedMatMul = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });

/** a·bᵀ: `[rows, k]`, `[n, k]` → `[rows, n]`. It carries ∂L/∂z back through weights. */
export const matMulTransposed = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: true });

/** Σ over the batch: `[rows, n]` → `[n]`. The gradient of a bias. */
export const sumRows = (a: Tensor): Tensor => runKernel('Sum', { x: a }, { axis: [0], keepDims: false });
