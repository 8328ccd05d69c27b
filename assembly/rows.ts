/**
 * Rows of `bytes` bytes, four numbers at a time: norms and softmax. The last vector may reach up to three numbers beyond the end of a
 * row, which are read, but neither used nor overwritten.
 */
import { exp4 } from './exponential';
import { multiplyAdd } from './multiply-add';

/** Four numbers; those from `end` on are `other`. */
function load4(address: usize, end: usize, other: f32): v128 {
  return address + 16 <= end ? v128.load(address) : loadFew(address, end, other);
}

function loadFew(address: usize, end: usize, other: f32): v128 {
  const isWithin = i32x4.gt_s(i32x4.splat(<i32>(end - address)), i32x4(0, 4, 8, 12));
  return v128.bitselect(v128.load(address), f32x4.splat(other), isWithin);
}

/** Stores those of four numbers that are before `end`. */
export function store4(address: usize, end: usize, numbers: v128): void {
  if (address + 16 <= end) v128.store(address, numbers);
  else storeFew(address, end, numbers);
}

function storeFew(address: usize, end: usize, numbers: v128): void {
  v128.store32_lane(address, numbers, 0);
  if (address + 4 < end) v128.store32_lane(address, numbers, 1, 4);
  if (address + 8 < end) v128.store32_lane(address, numbers, 2, 8);
}

function total4(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** Σ a·b */
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    sums = multiplyAdd(load4(a + at, a + bytes, 0), load4(b + at, b + bytes, 0), sums);
  }
  return total4(sums);
}

/** `out = x − mean(x)` */
function center(x: usize, out: usize, bytes: usize): void {
  let sums = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) sums = f32x4.add(load4(x + at, x + bytes, 0), sums);
  const mean = f32x4.splat(total4(sums) / <f32>(bytes >> 2));
  for (let at: usize = 0; at < bytes; at += 16) {
    store4(out + at, out + bytes, f32x4.sub(v128.load(x + at), mean));
  }
}

/** `out = x·factor`, factor being the same for all. */
function multiplyAll(x: usize, out: usize, bytes: usize, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (let at: usize = 0; at < bytes; at += 16) {
    store4(out + at, out + bytes, f32x4.mul(v128.load(x + at), factors));
  }
}

/** `y = x·scale`, `scale = 1/√(mean(x²) + ε)` for each row; if `centered`, of x − mean(x). */
export function normalize(
  x: usize,
  y: usize,
  scale: usize,
  rows: i32,
  bytes: usize,
  epsilon: f32,
  centered: bool,
): void {
  for (let row = 0; row < rows; row++) {
    if (centered) center(x, y, bytes);
    const from = centered ? y : x;
    const factor: f32 = 1 / sqrt(dot(from, from, bytes) / <f32>(bytes >> 2) + epsilon);
    store<f32>(scale, factor);
    multiplyAll(from, y, bytes, factor);
    x += bytes;
    y += bytes;
    scale += 4;
  }
}

/** `dx = scale·(dy − y·mean(dy ⊙ y))` for each row; if `centered`, of that what its mean leaves. */
export function normalizeGradient(
  dy: usize,
  y: usize,
  scale: usize,
  dx: usize,
  rows: i32,
  bytes: usize,
  centered: bool,
): void {
  for (let row = 0; row < rows; row++) {
    const mean = f32x4.splat(-dot(dy, y, bytes) / <f32>(bytes >> 2));
    const factors = v128.load32_splat(scale);
    for (let at: usize = 0; at < bytes; at += 16) {
      const rest = multiplyAdd(mean, v128.load(y + at), v128.load(dy + at));
      store4(dx + at, dx + bytes, f32x4.mul(factors, rest));
    }
    if (centered) center(dx, dx, bytes);
    dy += bytes;
    y += bytes;
    dx += bytes;
    scale += 4;
  }
}

/** `out = share·softmax(factor·x)` for factor > 0; x and out may be the same. */
export function softmax(x: usize, out: usize, bytes: usize, factor: f32, share: f32): void {
  const xEnd = x + bytes;
  const end = out + bytes;
  // `pmax` passes over NaN, which the sum finds.
  let largest4 = f32x4.splat(-Infinity);
  for (let at = x; at < xEnd; at += 16)
    largest4 = f32x4.pmax(largest4, inline.always(load4(at, xEnd, -Infinity)));
  const largest = max(
    max(f32x4.extract_lane(largest4, 0), f32x4.extract_lane(largest4, 1)),
    max(f32x4.extract_lane(largest4, 2), f32x4.extract_lane(largest4, 3)),
  );
  const factors = f32x4.splat(factor);
  const largests = f32x4.splat(largest);
  let sums = f32x4.splat(0);
  let to = out;
  do {
    const powers = inline.always(
      exp4(f32x4.mul(factors, f32x4.sub(inline.always(load4(x, xEnd, -Infinity)), largests))),
    );
    sums = f32x4.add(sums, powers);
    inline.always(store4(to, end, powers));
    x += 16;
    to += 16;
  } while (to < end);
  multiplyAll(out, out, bytes, share / total4(sums));
}

/** `dp = scale·p ⊙ (dp − Σ dp ⊙ p)`, p being the results of softmax. */
export function softmaxGradient(dp: usize, p: usize, bytes: usize, scale: f32): void {
  const mean = f32x4.splat(dot(dp, p, bytes));
  const factors = f32x4.splat(scale);
  for (let at: usize = 0; at < bytes; at += 16) {
    const deviation = f32x4.sub(v128.load(dp + at), mean);
    store4(dp + at, dp + bytes, f32x4.mul(f32x4.mul(v128.load(p + at), factors), deviation));
  }
}

/** `out = (softmax(logits) − one-hot(targets))/count`, 0 where the target is negative; `count` is the number of the others. */
export function tokenCrossEntropyGradient(
  logits: usize,
  targets: usize,
  out: usize,
  rows: i32,
  bytes: usize,
): void {
  let count = 0;
  for (let row = 0; row < rows; row++) count += i32(load<i32>(targets + ((<usize>row) << 2)) >= 0);
  const share: f32 = 1 / <f32>count;
  for (let row = 0; row < rows; row++) {
    const target = load<i32>(targets);
    if (target < 0) memory.fill(out, 0, bytes);
    else {
      softmax(logits, out, bytes, 1, share);
      const at = out + ((<usize>target) << 2);
      store<f32>(at, load<f32>(at) - share);
    }
    logits += bytes;
    out += bytes;
    targets += 4;
  }
}
