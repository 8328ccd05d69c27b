/**
 * eˣ and what is made of it, four numbers at a time, to a few units in the last place; NaN stays NaN. The polynomials are those of
 * Cephes (S. Moshier: expf, tanhf). V8 inlines
 * no calls, and takes constants out of those loops only that test their condition at the end.
 */
import { multiplyAdd } from './multiply-add';

/** Below, eˣ is 0 here, as it is under the smallest number with all digits; above, it stays what it is at this end. */
const lowest: f32 = -86.9;
const highest: f32 = 88.3;

/** Added to n, this leaves n + 127 in the lowest bits: the exponent of 2ⁿ. */
const exponentInBits: f32 = 12582912 + 127;

/** x = n·ln 2 + r with |r| ≤ ½·ln 2, eˣ = 2ⁿ·eʳ. */
export function exp4(x: v128): v128 {
  const lowests = f32x4.splat(lowest);
  // Unlike `max` and `min`, these are one instruction each; they return NaN where x is NaN.
  const bounded = f32x4.pmin(f32x4.pmax(x, lowests), f32x4.splat(highest));
  const offset = f32x4.splat(exponentInBits);
  const shifted = multiplyAdd(bounded, f32x4.splat(1.44269504), offset);
  const n = f32x4.sub(shifted, offset);
  // ln 2 in two pieces: a multiple of the first is exact.
  const r = multiplyAdd(n, f32x4.splat(2.1219444e-4), multiplyAdd(n, f32x4.splat(-0.693359375), bounded));
  let series = multiplyAdd(f32x4.splat(1.98756915e-4), r, f32x4.splat(1.3981999507e-3));
  series = multiplyAdd(series, r, f32x4.splat(8.3334519073e-3));
  series = multiplyAdd(series, r, f32x4.splat(4.1665795894e-2));
  series = multiplyAdd(series, r, f32x4.splat(1.6666665459e-1));
  series = multiplyAdd(series, r, f32x4.splat(5.0000001201e-1));
  series = f32x4.add(multiplyAdd(series, f32x4.mul(r, r), r), f32x4.splat(1));
  return v128.andnot(f32x4.mul(series, i32x4.shl(shifted, 23)), f32x4.lt(x, lowests));
}

/** σ(x) = 1/(1 + e⁻ˣ) */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, inline.always(exp4(f32x4.neg(x)))));
}

/** tanh x = ±(1 − 2/(e^2|x| + 1)); near 0, where that loses digits, x + x³·(…). */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const far = f32x4.sub(
    one,
    f32x4.div(f32x4.splat(2), f32x4.add(inline.always(exp4(f32x4.add(size, size))), one)),
  );
  const square = f32x4.mul(x, x);
  let near = multiplyAdd(f32x4.splat(-5.70498872745e-3), square, f32x4.splat(2.06390887954e-2));
  near = multiplyAdd(near, square, f32x4.splat(-5.37397155531e-2));
  near = multiplyAdd(near, square, f32x4.splat(1.33314422036e-1));
  near = multiplyAdd(near, square, f32x4.splat(-3.33332819422e-1));
  near = multiplyAdd(f32x4.mul(near, square), x, x);
  const signed = v128.or(far, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}
