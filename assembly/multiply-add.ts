/** Set by the compiler: a·b + c in one instruction, with one rounding. Without it, in two. */
const fused = isDefined(FUSED);

export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return fused ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The same of single numbers, with the same rounding. */
export function multiplyAddOne(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(multiplyAdd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}
