/**
 * RMSNorm and LayerNorm of rows, and the gradient of a softmax cross-entropy by its rows of logits. Lengths of rows are in bytes.
 */
import { multiplyAdd } from './multiply-add';
import { dot, load4, softmax, store4, total } from './rows';

const countIn = (bytes: usize): f32 => <f32>(bytes >> 2);

/** `y = x·scale`, `scale = 1/√(mean(x²) + ε)` for each row. */
export function rmsNorm(x: usize, y: usize, scale: usize, rows: i32, bytes: usize, epsilon: f32): void {
  for (let row = 0; row < rows; row++) {
    const factor: f32 = 1 / sqrt(dot(x, x, bytes) / countIn(bytes) + epsilon);
    store<f32>(scale, factor);
    const factors = f32x4.splat(factor);
    for (let at: usize = 0; at < bytes; at += 16) {
      store4(y + at, y + bytes, f32x4.mul(v128.load(x + at), factors));
    }
    x += bytes;
    y += bytes;
    scale += 4;
  }
}

/** `dx = scale·(dy − y·mean(dy ⊙ y))` for each row. */
export function rmsNormGradient(dy: usize, y: usize, scale: usize, dx: usize, rows: i32, bytes: usize): void {
  for (let row = 0; row < rows; row++) {
    const mean = f32x4.splat(-dot(dy, y, bytes) / countIn(bytes));
    const factors = v128.load32_splat(scale);
    for (let at: usize = 0; at < bytes; at += 16) {
      const rest = multiplyAdd(mean, v128.load(y + at), v128.load(dy + at));
      store4(dx + at, dx + bytes, f32x4.mul(factors, rest));
    }
    dy += bytes;
    y += bytes;
    dx += bytes;
    scale += 4;
  }
}

/** `normalized = (x − mean(x))·scale`, `scale = 1/√(var(x) + ε)`, `y = normalized ⊙ gain + bias` for each row. */
export function layerNorm(
  x: usize,
  gain: usize,
  bias: usize,
  y: usize,
  normalized: usize,
  scale: usize,
  rows: i32,
  bytes: usize,
  epsilon: f32,
): void {
  for (let row = 0; row < rows; row++) {
    const mean = f32x4.splat(total(x, bytes) / countIn(bytes));
    for (let at: usize = 0; at < bytes; at += 16) {
      store4(normalized + at, normalized + bytes, f32x4.sub(v128.load(x + at), mean));
    }
    const variance = dot(normalized, normalized, bytes) / countIn(bytes);
    const factor: f32 = 1 / sqrt(variance + epsilon);
    store<f32>(scale, factor);
    const factors = f32x4.splat(factor);
    for (let at: usize = 0; at < bytes; at += 16) {
      const numbers = f32x4.mul(v128.load(normalized + at), factors);
      store4(y + at, y + bytes, multiplyAdd(numbers, v128.load(gain + at), v128.load(bias + at)));
      store4(normalized + at, normalized + bytes, numbers);
    }
    x += bytes;
    y += bytes;
    normalized += bytes;
    scale += 4;
  }
}

/**
 * `dx = scale·(dn − mean(dn) − normalized·mean(dn ⊙ normalized))` with `dn = dy ⊙ gain` for each row;
 * `dGain = Σ dy ⊙ normalized` and `dBias = Σ dy` over the rows.
 */
export function layerNormGradient(
  dy: usize,
  gain: usize,
  normalized: usize,
  scale: usize,
  dx: usize,
  dGain: usize,
  dBias: usize,
  rows: i32,
  bytes: usize,
): void {
  memory.fill(dGain, 0, bytes);
  memory.fill(dBias, 0, bytes);
  for (let row = 0; row < rows; row++) {
    const end = dx + bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      const dys = v128.load(dy + at);
      store4(dx + at, end, f32x4.mul(dys, v128.load(gain + at)));
      store4(dBias + at, dBias + bytes, f32x4.add(v128.load(dBias + at), dys));
      const sums = multiplyAdd(dys, v128.load(normalized + at), v128.load(dGain + at));
      store4(dGain + at, dGain + bytes, sums);
    }
    const mean = f32x4.splat(total(dx, bytes) / countIn(bytes));
    const alongNormalized = f32x4.splat(-dot(dx, normalized, bytes) / countIn(bytes));
    const factors = v128.load32_splat(scale);
    for (let at: usize = 0; at < bytes; at += 16) {
      const centered = f32x4.sub(v128.load(dx + at), mean);
      const rest = multiplyAdd(alongNormalized, v128.load(normalized + at), centered);
      store4(dx + at, end, f32x4.mul(factors, rest));
    }
    dy += bytes;
    dx += bytes;
    normalized += bytes;
    scale += 4;
  }
}

/** `out = (softmax(logits) − one-hot(targets))/count`, where there is a target ≥ 0, else 0; `count` is the number of targets. */
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
