/** Set by the compiler: a·b + c in one instruction, with one rounding. Without it, in two. */
const fused = isDefined(FUSED);

export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  return fused ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}
