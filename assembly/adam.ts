/** Adam's step in one pass. */
import { multiplyAdd } from './multiply-add';
import { store4 } from './rows';

/**
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `out = keep·w − rate·m/(√v·correction + ε)`
 *
 * @param newShare1, newShare2 1 − β₁ and 1 − β₂
 * @param rate with m's correction: η/(1 − β₁ᵗ)
 * @param correction of √v: 1/√(1 − β₂ᵗ)
 * @param keep what weight decay leaves of w
 */
export function adam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  out: usize,
  bytes: usize,
  beta1: f32,
  newShare1: f32,
  beta2: f32,
  newShare2: f32,
  rate: f32,
  correction: f32,
  epsilon: f32,
  keep: f32,
): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const slope = v128.load(g + at);
    const mean = multiplyAdd(f32x4.splat(beta1), v128.load(m + at), f32x4.mul(f32x4.splat(newShare1), slope));
    const newSquare = f32x4.mul(f32x4.splat(newShare2), f32x4.mul(slope, slope));
    const square = multiplyAdd(f32x4.splat(beta2), v128.load(v + at), newSquare);
    store4(m + at, m + bytes, mean);
    store4(v + at, v + bytes, square);
    const root = multiplyAdd(f32x4.sqrt(square), f32x4.splat(correction), f32x4.splat(epsilon));
    const step = f32x4.mul(f32x4.splat(-rate), f32x4.div(mean, root));
    store4(out + at, out + bytes, multiplyAdd(f32x4.splat(keep), v128.load(w + at), step));
  }
}
