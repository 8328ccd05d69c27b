/** GELU with tanh's approximation, x·½(1 + tanh u) = x·σ(2u) with 2u = x·(a + b·x²), and its gradient. */
import { exp4 } from './exponential';
import { multiplyAdd } from './multiply-add';
import { store4 } from './rows';

/** 2·√(2/π), and that times 0.044715. */
const a: f32 = 1.5957691216057308;
const b: f32 = 0.07135481627;

/** σ(2u) */
// @ts-ignore: decorator
@inline
function share(x: v128): v128 {
  const one = f32x4.splat(1);
  const slope = multiplyAdd(f32x4.splat(-b), f32x4.mul(x, x), f32x4.splat(-a));
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.mul(x, slope))));
}

/** `out = x·σ(2u)` */
export function gelu(x: usize, out: usize, bytes: usize): void {
  let at: usize = 0;
  do {
    const numbers = v128.load(x + at);
    store4(out + at, out + bytes, f32x4.mul(numbers, share(numbers)));
    at += 16;
  } while (at < bytes);
}

/** `out = dy·(s + x·s·(1 − s)·(a + 3b·x²))` with s = σ(2u) */
export function geluGradient(dy: usize, x: usize, out: usize, bytes: usize): void {
  let at: usize = 0;
  do {
    const numbers = v128.load(x + at);
    const s = share(numbers);
    const slope = multiplyAdd(f32x4.splat(3 * b), f32x4.mul(numbers, numbers), f32x4.splat(a));
    const rest = f32x4.mul(f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)), f32x4.mul(numbers, slope));
    store4(out + at, out + bytes, f32x4.mul(v128.load(dy + at), f32x4.add(s, rest)));
    at += 16;
  } while (at < bytes);
}
