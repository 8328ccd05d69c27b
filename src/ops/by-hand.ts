/**
 * The few matrix operations that hand-written gradients are made of, named as they are said aloud.
 */
import { tf, type Tensor } from '../tf.ts';

/** aᵀ·b: `[rows, n]`, `[rows, k]` → `[n, k]`. The gradient of weights is `transposedMatMul(input, ∂L/∂z)`. */
export const transposedMatMul = (a: Tensor, b: Tensor): Tensor => tf.matMul(a, b, true, false);

/** a·bᵀ: `[rows, k]`, `[n, k]` → `[rows, n]`. It carries ∂L/∂z back through weights. */
export const matMulTransposed = (a: Tensor, b: Tensor): Tensor => tf.matMul(a, b, false, true);

/** Σ over the batch: `[rows, n]` → `[n]`. The gradient of a bias. */
export const sumRows = (a: Tensor): Tensor => tf.sum(a, 0);
