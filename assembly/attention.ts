/**
 * Causal attention on rows `[batch·steps, heads·depth]`, in which a head is a few columns: no head is ever copied out. Position t
 * sees u ≤ t, so only the lower triangle of a matrix `[steps, steps]` counts; products take it in blocks, as the product's tiles lie.
 */
import { product } from './packed-product';
import { softmax, softmaxGradient } from './rows';

const block = 16;

/** `out[t, u] = a[t]·b[u]`, at least where u ≤ t. */
function scores(a: usize, b: usize, row: usize, out: usize, steps: i32, depth: i32, room: usize): void {
  const outRow = (<usize>steps) << 2;
  for (let u = 0; u < steps; u += block) {
    const first = <usize>u * row;
    const to = out + <usize>u * (outRow + 4);
    const columns = min(block, steps - u);
    product(a + first, row, 4, b + first, 4, row, 0, to, outRow, steps - u, columns, depth, room);
  }
}

/** `out[t] = Σ lower[t, u]·x[u]` over u ≤ t; `lower` is 0 elsewhere. */
function gather(lower: usize, x: usize, row: usize, out: usize, steps: i32, depth: i32, room: usize): void {
  const lowerRow = (<usize>steps) << 2;
  for (let t = 0; t < steps; t += block) {
    const from = lower + <usize>t * lowerRow;
    const rows = min(block, steps - t);
    product(from, lowerRow, 4, x, row, 4, 0, out + <usize>t * row, row, rows, depth, t + rows, room);
  }
}

/** `out[u] = Σ lower[t, u]·x[t]` over t ≥ u. */
function spread(lower: usize, x: usize, row: usize, out: usize, steps: i32, depth: i32, room: usize): void {
  const lowerRow = (<usize>steps) << 2;
  for (let u = 0; u < steps; u += block) {
    const first = <usize>u * row;
    const from = lower + <usize>u * (lowerRow + 4);
    const rows = min(block, steps - u);
    product(from, 4, lowerRow, x + first, row, 4, 0, out + first, row, rows, depth, steps - u, room);
  }
}

/** `weights[batch, heads, t, u] = softmax(scale·q·kᵀ)` over u ≤ t, and `out[t] = Σ weights[t, u]·v[u]`. */
export function causalAttention(
  q: usize,
  k: usize,
  v: usize,
  out: usize,
  weights: usize,
  batch: i32,
  steps: i32,
  heads: i32,
  depth: i32,
  scale: f32,
  room: usize,
): void {
  const row = (<usize>(heads * depth)) << 2;
  const weightRow = (<usize>steps) << 2;
  for (let i = 0; i < batch * heads; i++) {
    const at = <usize>(i / heads) * <usize>steps * row + ((<usize>((i % heads) * depth)) << 2);
    scores(q + at, k + at, row, weights, steps, depth, room);
    const first = weights;
    for (let seen: usize = 4; seen <= weightRow; seen += 4) {
      softmax(weights, weights, seen, scale, 1);
      memory.fill(weights + seen, 0, weightRow - seen);
      weights += weightRow;
    }
    gather(first, v + at, row, out + at, steps, depth, room);
  }
}

/** The gradients of `out` by q, k and v. @param dScores room for `[steps, steps]` */
export function causalAttentionGradient(
  dOut: usize,
  q: usize,
  k: usize,
  v: usize,
  weights: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  batch: i32,
  steps: i32,
  heads: i32,
  depth: i32,
  scale: f32,
  dScores: usize,
  room: usize,
): void {
  const row = (<usize>(heads * depth)) << 2;
  const weightRow = (<usize>steps) << 2;
  for (let i = 0; i < batch * heads; i++) {
    const at = <usize>(i / heads) * <usize>steps * row + ((<usize>((i % heads) * depth)) << 2);
    spread(weights, dOut + at, row, dv + at, steps, depth, room);
    scores(dOut + at, v + at, row, dScores, steps, depth, room);
    let to = dScores;
    for (let seen: usize = 4; seen <= weightRow; seen += 4) {
      softmaxGradient(to, weights, seen, scale);
      memory.fill(to + seen, 0, weightRow - seen);
      to += weightRow;
      weights += weightRow;
    }
    gather(dScores, k + at, row, dq + at, steps, depth, room);
    spread(dScores, q + at, row, dk + at, steps, depth, room);
  }
}
