/**
 * Operations element by element. Within a row of a sum or product of matrices, the numbers of each side are adjacent (`column` 4)
 * or the same for all columns (`column` 0).
 */
import { exp4 } from './exponential';
import { multiplyAdd, multiplyAddOne } from './multiply-add';
import { store4 } from './rows';

/** `out[rows, columns] = a + factor·b`: of factor 1 the sum, of −1 the difference, both exactly. */
export function addScaled(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
  factor: f32,
): void {
  const factors = f32x4.splat(factor);
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      v128.store(out, multiplyAdd(factors, four(right, bColumn), four(left, aColumn)));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      store<f32>(out, multiplyAddOne(factor, load<f32>(right), load<f32>(left)));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out[rows, columns] = a ⊙ b` */
export function multiply(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      v128.store(out, f32x4.mul(four(left, aColumn), four(right, bColumn)));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      store<f32>(out, load<f32>(left) * load<f32>(right));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out[rows, columns] = max(a, b)`, or min; NaN where either side is NaN. */
export function extreme(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  rows: i32,
  columns: i32,
  isMaximum: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let left = a;
    let right = b;
    let column = 0;
    for (; column + 4 <= columns; column += 4) {
      const x = four(left, aColumn);
      const y = four(right, bColumn);
      v128.store(out, isMaximum ? f32x4.max(x, y) : f32x4.min(x, y));
      left += aColumn << 2;
      right += bColumn << 2;
      out += 16;
    }
    for (; column < columns; column++) {
      const x = load<f32>(left);
      const y = load<f32>(right);
      store<f32>(out, isMaximum ? max(x, y) : min(x, y));
      left += aColumn;
      right += bColumn;
      out += 4;
    }
    a += aRow;
    b += bRow;
  }
}

/** `out = min(max(x, low), high)`; NaN stays NaN. ReLU is the clip from 0 to infinity. */
export function clip(x: usize, out: usize, count: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, f32x4.min(f32x4.max(v128.load(x), lows), highs));
    x += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, min(max(load<f32>(x), low), high));
    x += 4;
    out += 4;
  }
}

/** `out = dy` where `values` are above 0, else 0: the gradient of ReLU. */
export function reluGradient(dy: usize, values: usize, out: usize, count: i32): void {
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    v128.store(out, v128.and(v128.load(dy), f32x4.gt(v128.load(values), zero)));
    dy += 16;
    values += 16;
    out += 16;
  }
  for (; i < count; i++) {
    store<f32>(out, load<f32>(values) > 0 ? load<f32>(dy) : 0);
    dy += 4;
    values += 4;
    out += 4;
  }
}

/** 2·√(2/π), and that times 0.044715. */
const geluLinear: f32 = 1.5957691216057308;
const geluCubic: f32 = 0.07135481627;

/** σ(2u) = 1/(1 + e⁻²ᵘ) for 2u = x·(a + b·x²), a and b being these constants. */
function geluShare(x: v128): v128 {
  const one = f32x4.splat(1);
  const slope = multiplyAdd(f32x4.splat(-geluCubic), f32x4.mul(x, x), f32x4.splat(-geluLinear));
  return f32x4.div(one, f32x4.add(one, inline.always(exp4(f32x4.mul(x, slope)))));
}

/** `out = x·σ(2u)` */
export function gelu(x: usize, out: usize, bytes: usize): void {
  let at: usize = 0;
  do {
    const numbers = v128.load(x + at);
    inline.always(store4(out + at, out + bytes, f32x4.mul(numbers, inline.always(geluShare(numbers)))));
    at += 16;
  } while (at < bytes);
}

/** `out = dy·(s + x·s·(1 − s)·(a + 3b·x²))` with s = σ(2u). */
export function geluGradient(dy: usize, x: usize, out: usize, bytes: usize): void {
  let at: usize = 0;
  do {
    const numbers = v128.load(x + at);
    const s = inline.always(geluShare(numbers));
    const slope = multiplyAdd(
      f32x4.splat(3 * geluCubic),
      f32x4.mul(numbers, numbers),
      f32x4.splat(geluLinear),
    );
    const rest = f32x4.mul(f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)), f32x4.mul(numbers, slope));
    inline.always(store4(out + at, out + bytes, f32x4.mul(v128.load(dy + at), f32x4.add(s, rest))));
    at += 16;
  } while (at < bytes);
}

/**
 * A step of Adam in one pass:
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `w ← keep·w − rate·m/(√v·correction + ε)`
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
    const newMean = f32x4.mul(f32x4.splat(newShare1), slope);
    const mean = flushed(multiplyAdd(f32x4.splat(beta1), v128.load(m + at), newMean));
    const newSquare = f32x4.mul(f32x4.splat(newShare2), f32x4.mul(slope, slope));
    const square = flushed(multiplyAdd(f32x4.splat(beta2), v128.load(v + at), newSquare));
    store4(m + at, m + bytes, mean);
    store4(v + at, v + bytes, square);
    const root = multiplyAdd(f32x4.sqrt(square), f32x4.splat(correction), f32x4.splat(epsilon));
    const step = f32x4.mul(f32x4.splat(-rate), f32x4.div(mean, root));
    store4(w + at, w + bytes, multiplyAdd(f32x4.splat(keep), v128.load(w + at), step));
  }
}

/**
 * 0 for numbers below the smallest that has all digits. Moments of a weight that no longer gets gradients decay to such numbers and stay
 * there, and processors take a hundred times as long for each of them.
 */
function flushed(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1.17549435e-38)));
}

/** Four numbers of a row. */
function four(address: usize, column: usize): v128 {
  return column ? v128.load(address) : v128.load32_splat(address);
}
