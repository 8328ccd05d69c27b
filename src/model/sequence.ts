/**
 * The operations of sequence models, each with its gradient below it. N = batch·T rows, one for each position of each sequence; E
 * columns; tokens are int32, `[batch, T]`.
 *
 * Where the backend has a kernel that fuses an operation, that is used. While autodiff records, and on all other backends, it is
 * composed from TensorFlow.js's operations: that is its definition.
 */
import type { Loss } from './losses.ts';
import {
  add,
  hasKernel,
  isRecorded,
  mul,
  reshape,
  runIfAvailable,
  runKernel,
  sumRows,
} from './operations.ts';
import { expOfMinus, log } from '../utils/math.ts';
import { constant, scalarOf, type Values, valuesOf } from '../utils/tensors.ts';
import { type Scalar, type Tensor, tf } from '../utils/tf.ts';

/** What the backend's own kernel of this name returns. @returns undefined where the operation is to be composed */
function runFused(name: string, inputs: Record<string, Tensor>, attributes = {}): Tensor[] | undefined {
  if (isRecorded()) return undefined;
  const results = runIfAvailable<Tensor | Tensor[]>(name, inputs, attributes);
  return results && (Array.isArray(results) ? results : [results]);
}

/** As many rows as tokens: `[batch, T]` → `[N]`. */
const flat = (tokens: Tensor): Tensor => reshape(tokens, [tokens.size]);

/** The rows of the table that the tokens name: table `[V, E]`, tokens `[batch, T]` → `[N, E]`. */
export const embed = (table: Tensor, tokens: Tensor): Tensor =>
  runKernel('GatherV2', { x: table, indices: flat(tokens) }, { axis: 0, batchDims: 0 });

/** ∂L/∂table: row n of `dRows` is added to row `tokens[n]`: `[N, E]` → `[V, E]`. @param symbols V */
export const embedGradient = (dRows: Tensor, tokens: Tensor, symbols: number): Tensor =>
  runKernel('UnsortedSegmentSum', { x: dRows, segmentIds: flat(tokens) }, { numSegments: symbols });

tf.registerGradient({ kernelName: 'PlusEpsilon', gradFunc: (dy) => ({ x: () => dy as Tensor }) });

/**
 * x + ε. A proof over a finite field takes for ε any constant with which the sum has a root, each number its own: it needs no more than
 * (x + ε)′ = x′.
 */
export const plusEpsilon = (x: Tensor, epsilon: number): Tensor =>
  hasKernel('PlusEpsilon') ? runKernel('PlusEpsilon', { x }, { epsilon }) : tf.add(x, constant(epsilon));

/** The mean of each row: `[N, E]` → `[N, 1]`. */
const rowMeans = (x: Tensor): Tensor => tf.mul(tf.sum(x, -1, true), constant(1 / x.shape.at(-1)!));

interface Normalized {
  y: Tensor;
  scale: Tensor;
}

/** y = c·scale with scale = 1/√(mean(c²) + ε) for each row, where c is x or, if `centered`, x − mean(x). */
function normalize(x: Tensor, epsilon: number, centered: boolean): Normalized {
  const fused = runFused('Normalize', { x }, { epsilon, centered });
  if (fused) return { y: fused[0], scale: fused[1] };
  const c = centered ? tf.sub(x, rowMeans(x)) : x;
  const scale = tf.div(constant(1), tf.sqrt(plusEpsilon(rowMeans(tf.square(c)), epsilon)));
  return { y: tf.mul(c, scale), scale };
}

/** ∂L/∂c = scale·(∂L/∂y − y·mean(∂L/∂y ⊙ y)), from scale′ = −scale³·mean(c·c′), and ∂L/∂x = ∂L/∂c − mean(∂L/∂c) if `centered`. */
function normalizeGradient(dy: Tensor, { y, scale }: Normalized, centered: boolean): Tensor {
  const fused = runFused('NormalizeGradient', { dy, y, scale }, { centered });
  if (fused) return fused[0];
  const dc = tf.mul(tf.sub(dy, tf.mul(y, rowMeans(tf.mul(dy, y)))), scale);
  return centered ? tf.sub(dc, rowMeans(dc)) : dc;
}

/**
 * y = x·scale with scale = 1/√(mean(x²) + ε) for each row (B. Zhang, R. Sennrich, 2019).
 *
 * @param x `[N, E]`
 * @returns y `[N, E]` and scale `[N, 1]`
 */
export const rmsNorm = (x: Tensor, epsilon = 1e-5): Normalized => normalize(x, epsilon, false);

/** ∂L/∂x = scale·(∂L/∂y − y·mean(∂L/∂y ⊙ y)): `[N, E]`. */
export const rmsNormGradient = (dy: Tensor, y: Tensor, scale: Tensor): Tensor =>
  normalizeGradient(dy, { y, scale }, false);

/**
 * y = normalized ⊙ gain + bias with normalized = (x − mean(x))·scale, scale = 1/√(var(x) + ε) for each row (J. Ba and others, 2016).
 *
 * @param x `[N, E]`
 * @param gain, bias `[E]`
 * @returns y and normalized `[N, E]`, scale `[N, 1]`
 */
export function layerNorm(x: Tensor, gain: Tensor, bias: Tensor, epsilon = 1e-5) {
  const { y: normalized, scale } = normalize(x, epsilon, true);
  return { y: add(mul(normalized, gain), bias), normalized, scale };
}

/**
 * With d = ∂L/∂y ⊙ gain: ∂L/∂x = scale·(d − mean(d) − normalized·mean(d ⊙ normalized)) `[N, E]`, and summed over the rows
 * ∂L/∂gain = Σ ∂L/∂y ⊙ normalized and ∂L/∂bias = Σ ∂L/∂y, `[E]`.
 */
export function layerNormGradient(dy: Tensor, gain: Tensor, normalized: Tensor, scale: Tensor) {
  return {
    x: normalizeGradient(mul(dy, gain), { y: normalized, scale }, true),
    gain: sumRows(mul(dy, normalized)),
    bias: sumRows(dy),
  };
}

export interface AttentionShape {
  batch: number;
  /** T */
  steps: number;
  /** H, each of d = E/H columns */
  heads: number;
}

/** `[N, E]` → `[batch, H, T, d]` */
const toHeads = (x: Tensor, { batch, steps, heads }: AttentionShape): Tensor =>
  tf.transpose(tf.reshape(x, [batch, steps, heads, -1]), [0, 2, 1, 3]);

/** `[batch, H, T, d]` → `[N, E]` */
const toRows = (x: Tensor): Tensor => {
  const [batch, heads, steps, depth] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch * steps, heads * depth]);
};

/** 1/√d */
const attentionScale = (q: Tensor, heads: number): Scalar => constant(Math.sqrt(heads / q.shape[1]!));

/** True where position t sees position u ≤ t: `[T, T]`. */
const isSeen = (steps: number): Tensor => {
  const values = Uint8Array.from({ length: steps ** 2 }, (_, i) =>
    Number(i % steps <= Math.floor(i / steps)),
  );
  return tf.tensor(values, [steps, steps], 'bool');
};

/**
 * Every position t looks at itself and those before it, in each head (A. Vaswani and others, 2017):
 * out = weights·v with weights = softmax(q·kᵀ/√d) over u ≤ t.
 *
 * @param q, k, v `[N, E]`, a head being d adjacent columns
 * @returns out `[N, E]`, and weights `[batch, H, T, T]`, 0 for u > t
 */
export function causalAttention(q: Tensor, k: Tensor, v: Tensor, shape: AttentionShape) {
  const fused = runFused('CausalAttention', { q, k, v }, shape);
  if (fused) return { out: fused[0], weights: fused[1] };
  const [queries, keys, values] = [q, k, v].map((x) => toHeads(x, shape));
  const scores = tf.mul(tf.matMul(queries, keys, false, true), attentionScale(q, shape.heads));
  const masked = tf.where(tf.broadcastTo(isSeen(shape.steps), scores.shape), scores, -Infinity);
  const weights = tf.softmax(masked);
  return { out: toRows(tf.matMul(weights, values)), weights };
}

/**
 * ∂L/∂v = weightsᵀ·∂L/∂out; with ∂L/∂weights = ∂L/∂out·vᵀ and
 * ∂L/∂scores = weights ⊙ (∂L/∂weights − Σᵤ ∂L/∂weights ⊙ weights)/√d `[batch, H, T, T]`:
 * ∂L/∂q = ∂L/∂scores·k, ∂L/∂k = ∂L/∂scoresᵀ·q; all `[N, E]`.
 */
export function causalAttentionGradient(
  dOut: Tensor,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  weights: Tensor,
  shape: AttentionShape,
) {
  const fused = runFused('CausalAttentionGradient', { dOut, q, k, v, weights }, shape);
  if (fused) return { q: fused[0], k: fused[1], v: fused[2] };
  const [dy, queries, keys, values] = [dOut, q, k, v].map((x) => toHeads(x, shape));
  const dWeights = tf.matMul(dy, values, false, true);
  const mean = tf.sum(tf.mul(dWeights, weights), -1, true);
  const dScores = tf.mul(tf.mul(weights, tf.sub(dWeights, mean)), attentionScale(q, shape.heads));
  return {
    q: toRows(tf.matMul(dScores, keys)),
    k: toRows(tf.matMul(dScores, queries, true, false)),
    v: toRows(tf.matMul(weights, dy, true, false)),
  };
}

/** 2·√(2/π), and that times 0.044715. */
const [geluLinear, geluCubic] = [2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715];

/** σ(2u) = ½(1 + tanh u) for u = √(2/π)·(x + 0.044715·x³), where tanh would lose the digits of a small sum. */
const geluShare = (x: Tensor): Tensor =>
  tf.sigmoid(tf.mul(x, tf.add(tf.mul(tf.square(x), constant(geluCubic)), constant(geluLinear))));

/** ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), of any shape (D. Hendrycks, K. Gimpel, 2016). */
export const gelu = (x: Tensor): Tensor => runFused('Gelu', { x })?.[0] ?? tf.mul(x, geluShare(x));

/** ∂L/∂x = ∂L/∂y ⊙ (s + x ⊙ s ⊙ (1 − s) ⊙ 2u′) with s = σ(2u), u′ = √(2/π)·(1 + 3·0.044715·x²). */
export function geluGradient(dy: Tensor, x: Tensor): Tensor {
  const fused = runFused('GeluGradient', { dy, x });
  if (fused) return fused[0];
  const s = geluShare(x);
  // Not times `3 * geluCubic`, which is rounded: so it is the derivative of `geluShare` to the last digit.
  const cubic = tf.mul(tf.mul(tf.square(x), constant(3)), constant(geluCubic));
  const slope = tf.add(cubic, constant(geluLinear));
  return tf.mul(dy, tf.add(s, tf.mul(sigmoidGradient(x, s), slope)));
}

/** ∂L/∂y ⊙ y ⊙ (1 − y), of y = σ(a). */
const sigmoidGradient = (dy: Tensor, y: Tensor): Tensor => tf.mul(dy, tf.mul(y, tf.sub(1, y)));

/** ∂L/∂y ⊙ (1 − y²), of y = tanh(a). */
const tanhGradient = (dy: Tensor, y: Tensor): Tensor => tf.mul(dy, tf.sub(1, tf.square(y)));

const countTargets = (targets: ArrayLike<number>): number => {
  let count = 0;
  for (let row = 0; row < targets.length; row++) if (targets[row] >= 0) count++;
  return count;
};

/** 1 at the target, 0 elsewhere, and 0 in a whole row without a target: y `[batch, T]` → `[N, V]`. */
const oneHot = (y: Tensor, symbols: number): Tensor => tf.cast(tf.oneHot(flat(y), symbols), 'float32');

/** 1/count; of no targets the loss is 0. */
const perTarget = (y: Tensor): number => 1 / Math.max(1, countTargets(valuesOf(y)));

/**
 * Mean over the targets of log Σ_k e^{z_k} − z_target. Logits `[N, V]`; y int32 `[batch, T]`, −1 where nothing is to be predicted.
 */
export const tokenCrossEntropy: Loss = {
  name: 'mean token cross-entropy',
  reduction: 'mean',
  tensor(logits, y) {
    const target = oneHot(y, logits.shape[1]!);
    const hasTarget = tf.sum(target, -1);
    // Not by `logSoftmax`, whose gradient takes the exponential of a logarithm: over a finite field most numbers have none.
    const losses = tf.sub(tf.mul(tf.logSumExp(logits, -1), hasTarget), tf.sum(tf.mul(target, logits), -1));
    return tf.mul(tf.sum(losses), scalarOf(perTarget(y)));
  },
  value(logits, y) {
    const symbols = logits.length / y.length;
    let sum = 0;
    for (let row = 0; row < y.length; row++) {
      if (y[row] >= 0) sum += logSumExp(logits, row * symbols, symbols) - logits[row * symbols + y[row]];
    }
    return sum / Math.max(1, countTargets(y));
  },
};

function logSumExp(logits: Values, start: number, count: number): number {
  let largest = -Infinity;
  for (let i = start; i < start + count; i++) largest = Math.max(largest, logits[i]);
  let exponentials = 0;
  for (let i = start; i < start + count; i++) exponentials += expOfMinus(largest - logits[i]);
  return largest + log(exponentials);
}

/** ∂L/∂z = (softmax(z) − one-hot(y))/count `[N, V]`; 0 in rows without a target. */
export function tokenCrossEntropyGradient(logits: Tensor, y: Tensor): Tensor {
  const fused = runFused('TokenCrossEntropyGradient', { logits, targets: y });
  if (fused) return fused[0];
  const target = oneHot(y, logits.shape[1]!);
  const probabilities = tf.mul(tf.softmax(logits), tf.sum(target, -1, true));
  return tf.mul(tf.sub(probabilities, target), scalarOf(perTarget(y)));
}

/** `[rows, count·H]` → `count` of `[rows, H]` */
const split = (x: Tensor, count: number): Tensor[] => {
  const [rows, columns] = x.shape as [number, number];
  const units = columns / count;
  return Array.from({ length: count }, (_, i) => tf.slice(x, [0, i * units], [rows, units]));
};

/**
 * A step of an LSTM behind its products (S. Hochreiter, J. Schmidhuber, 1997), in PyTorch's order i f g o:
 *
 *   i, f, o = σ(a)    g = tanh(a)    next = f ⊙ c + i ⊙ g    h = o ⊙ tanh(next)
 *
 * @param a x·Wₓ + h·W_h + b, `[batch, 4H]`
 * @param c the cell before, `[batch, H]`
 * @returns h and c (`next`) `[batch, H]`, and gates: i, f, g and o, `[batch, 4H]`
 */
export function lstmCell(a: Tensor, c: Tensor) {
  const fused = runFused('LstmCell', { a, c });
  if (fused) return { h: fused[0], c: fused[1], gates: fused[2] };
  const [aI, aF, aG, aO] = split(a, 4);
  const [i, f, g, o] = [tf.sigmoid(aI), tf.sigmoid(aF), tf.tanh(aG), tf.sigmoid(aO)];
  const next = tf.add(tf.mul(f, c), tf.mul(i, g));
  return { h: tf.mul(o, tf.tanh(next)), c: next, gates: tf.concat([i, f, g, o], 1) };
}

/**
 *   ∂L/∂next = dNext + dh ⊙ o ⊙ (1 − tanh²(next))    ∂L/∂c = ∂L/∂next ⊙ f
 *   ∂L/∂i = ∂L/∂next ⊙ g    ∂L/∂f = ∂L/∂next ⊙ c    ∂L/∂g = ∂L/∂next ⊙ i    ∂L/∂o = dh ⊙ tanh(next)
 *
 * and ∂L/∂a from them by σ′ = σ(1 − σ), tanh′ = 1 − tanh².
 *
 * @param dh ∂L/∂h, `[batch, H]`
 * @param dNext what comes back to `next` from the step after, `[batch, H]`
 * @param gates, c, next of the step: its gates, the cell before it and after it
 * @returns a `[batch, 4H]`, c `[batch, H]`
 */
export function lstmCellGradient(dh: Tensor, dNext: Tensor, gates: Tensor, c: Tensor, next: Tensor) {
  const fused = runFused('LstmCellGradient', { dh, dNext, gates, c, next });
  if (fused) return { a: fused[0], c: fused[1] };
  const [i, f, g, o] = split(gates, 4);
  const t = tf.tanh(next);
  const d = tf.add(dNext, tanhGradient(tf.mul(dh, o), t));
  const byGate = [
    sigmoidGradient(tf.mul(d, g), i),
    sigmoidGradient(tf.mul(d, c), f),
    tanhGradient(tf.mul(d, i), g),
    sigmoidGradient(tf.mul(dh, t), o),
  ];
  return { a: tf.concat(byGate, 1), c: tf.mul(d, f) };
}

/**
 * A step of a GRU behind its products (K. Cho and others, 2014), as PyTorch defines it, in its order r z n:
 *
 *   r, z = σ(x + y)    n = tanh(x + r ⊙ y)    next = (1 − z) ⊙ n + z ⊙ h
 *
 * @param fromInput x: the input times its weights, with their bias, `[batch, 3H]`
 * @param fromHidden y: h times its weights, with their bias, `[batch, 3H]`
 * @param h `[batch, H]`
 * @returns h (`next`) `[batch, H]`, and gates: r, z and n, `[batch, 3H]`
 */
export function gruCell(fromInput: Tensor, fromHidden: Tensor, h: Tensor) {
  const fused = runFused('GruCell', { fromInput, fromHidden, h });
  if (fused) return { h: fused[0], gates: fused[1] };
  const [[xR, xZ, xN], [yR, yZ, yN]] = [split(fromInput, 3), split(fromHidden, 3)];
  const [r, z] = [tf.sigmoid(tf.add(xR, yR)), tf.sigmoid(tf.add(xZ, yZ))];
  const n = tf.tanh(tf.add(xN, tf.mul(r, yN)));
  return { h: tf.add(n, tf.mul(z, tf.sub(h, n))), gates: tf.concat([r, z, n], 1) };
}

/**
 *   ∂L/∂n = dNext ⊙ (1 − z)    ∂L/∂z = dNext ⊙ (h − n)    ∂L/∂r = ∂L/∂aₙ ⊙ y,    aₙ being what n is the tanh of
 *
 * @param dNext ∂L/∂next, `[batch, H]`
 * @param gates, fromHidden, h of the step
 * @returns fromInput, fromHidden `[batch, 3H]`; h `[batch, H]`: dNext ⊙ z, to which what comes through `fromHidden` is to be added
 */
export function gruCellGradient(dNext: Tensor, gates: Tensor, fromHidden: Tensor, h: Tensor) {
  const fused = runFused('GruCellGradient', { dNext, gates, fromHidden, h });
  if (fused) return { fromInput: fused[0], fromHidden: fused[1], h: fused[2] };
  const [r, z, n] = split(gates, 3);
  const yN = split(fromHidden, 3)[2];
  const throughZ = tf.mul(dNext, z);
  const dN = tanhGradient(tf.sub(dNext, throughZ), n);
  const dR = sigmoidGradient(tf.mul(dN, yN), r);
  const dZ = sigmoidGradient(tf.mul(dNext, tf.sub(h, n)), z);
  return {
    fromInput: tf.concat([dR, dZ, dN], 1),
    fromHidden: tf.concat([dR, dZ, tf.mul(dN, r)], 1),
    h: throughZ,
  };
}
/** The rows of one step: `[N, columns]`, N = batch·T, → `[batch, columns]`. */
export function atStep(x: Tensor, step: number, steps: number): Tensor {
  const [rows, columns] = x.shape as [number, number];
  const batch = rows / steps;
  // The steps of a sequence lie side by side.
  const all = reshape(x, [batch, steps * columns]);
  return runKernel('Slice', { x: all }, { begin: [0, step * columns], size: [batch, columns] });
}

/** Back: one `[batch, columns]` a step → `[N, columns]`. */
export function fromSteps(steps: Tensor[]): Tensor {
  const [batch, columns] = steps[0].shape as [number, number];
  // The kernel takes a list.
  const all = runKernel('Concat', steps as never, { axis: 1 });
  return reshape(all, [batch * steps.length, columns]);
}

/** Activations by name and number, as `gates0`, `gates1`, …: what a model keeps of each step. */
export const named = (name: string, tensors: Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`${name}${i}`, tensor]));
