/**
 * The operations that models share, beside those of TensorFlow.js itself.
 */
import { scalarOf, tensorOf, valuesOf } from '../utils/tensors.ts';
import { type KernelConfig, type Tensor, type TensorInfo, tf, type Variable } from '../utils/tf.ts';

export { constant } from '../utils/tensors.ts';

/**
 * A fully connected layer before its activation: x·weights + bias.
 *
 * @param x `[batch, in]`
 * @param weights `[in, out]`
 * @param bias `[out]`
 * @returns `[batch, out]`, computed in one fused kernel. Not while autodiff records, though: the gradient of the fused
 *   kernel computes ∂L/∂x too, even where x is data, which for a first layer is the largest product of the step.
 */
export function linear(x: Tensor, weights: Tensor, bias: Tensor): Tensor {
  if (isRecorded()) return tf.add(tf.matMul(x, weights), bias);
  // `tf.fused.matMul` would make batches of one of both matrices, and a matrix of the result again.
  return runKernel('_FusedMatMul', { a: x, b: weights, bias }, asTheyAre);
}
const asTheyAre = { transposeA: false, transposeB: false, activation: 'linear' };

/** aᵀ·b: `[rows, n]`, `[rows, k]` → `[n, k]`. The gradient of weights is `transposedMatMul(input, ∂L/∂z)`. */
export const transposedMatMul = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });

/** a·bᵀ: `[rows, k]`, `[n, k]` → `[rows, n]`. It carries ∂L/∂z back through weights. */
export const matMulTransposed = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: true });

/** a·b: `[rows, k]`, `[k, n]` → `[rows, n]`. */
export const matMul = (a: Tensor, b: Tensor): Tensor =>
  runKernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false });

/** The same numbers in another shape. */
export const reshape = (x: Tensor, shape: number[]): Tensor => runKernel('Reshape', { x }, { shape });

/** Σ over the batch: `[rows, n]` → `[n]`. The gradient of a bias. */
export const sumRows = (a: Tensor): Tensor => runKernel('Sum', { x: a }, { axis: [0], keepDims: false });

/** a + factor·b of one shape, in one pass where the backend has a kernel for it. */
export function addScaled(a: Tensor, b: Tensor, factor: number): Tensor {
  return (
    runIfAvailable('AddScaled', { a, b }, { factor }) ??
    tf.tidy(() => runKernel('Add', { a, b: runKernel('Multiply', { a: b, b: scalarOf(factor) }) }))
  );
}

export type AdamStep = {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** η */
  rate: number;
  /** λ of AdamW: the weights shrink by η·λ of themselves, apart from the gradient. */
  decay: number;
  /** 1 − β₁ᵗ and 1 − β₂ᵗ, of which m and v are too small after t steps that began at 0. */
  correction1: number;
  correction2: number;
};

/**
 * One step of Adam (D. Kingma, J. Ba, 2015), with decoupled weight decay (I. Loshchilov, F. Hutter, 2019):
 *
 *   m ← β₁·m + (1 − β₁)·g    v ← β₂·v + (1 − β₂)·g²
 *   w ← (1 − η·λ)·w − η·m̂/(√v̂ + ε)    with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
 *
 * @param w, m, v are updated; of m and v nothing else shares the numbers
 */
export function adamUpdate(w: Variable, g: Tensor, m: Variable, v: Variable, step: AdamStep): void {
  if (hasKernel('Adam')) {
    // The kernel writes where the numbers lie: a clone of w keeps its own.
    if (engine.backend.refCount(w.dataId) > 1) tf.tidy(() => w.assign(tensorOf(valuesOf(w), w.shape)));
    runKernel<Tensor[]>('Adam', { w, g, m, v }, step);
    return;
  }
  const { beta1, beta2, epsilon, rate, decay, correction1, correction2 } = step;
  const scaled = (x: Tensor, factor: number): Tensor => tf.mul(x, scalarOf(factor));
  tf.tidy(() => {
    m.assign(tf.add(scaled(m, beta1), scaled(g, 1 - beta1)));
    v.assign(tf.add(scaled(v, beta2), scaled(tf.square(g), 1 - beta2)));
    // Divided, not multiplied by the reciprocal: a field has the exact quotient.
    const root = tf.sqrt(tf.div(v, scalarOf(correction2)));
    const direction = tf.div(tf.div(m, scalarOf(correction1)), tf.add(root, scalarOf(epsilon)));
    w.assign(tf.sub(decay === 0 ? w : scaled(w, 1 - rate * decay), scaled(direction, rate)));
  });
}

// Elementwise operations, with broadcasting. They return what `tf.add` and so on return; on the small tensors of the first networks,
// calling the kernel directly saves about a fifth of a training step.

const isFloat = (x: Tensor): boolean => x.dtype === 'float32' && !x.isDisposed;

/** a + b */
export const add = (a: Tensor, b: Tensor): Tensor =>
  isFloat(a) && isFloat(b) ? runKernel('Add', { a, b }) : tf.add(a, b);

/** a − b */
export const sub = (a: Tensor, b: Tensor): Tensor =>
  isFloat(a) && isFloat(b) ? runKernel('Sub', { a, b }) : tf.sub(a, b);

/** a ⊙ b */
export const mul = (a: Tensor, b: Tensor): Tensor =>
  isFloat(a) && isFloat(b) ? runKernel('Multiply', { a, b }) : tf.mul(a, b);

/** x² */
export const square = (x: Tensor): Tensor => (isFloat(x) ? runKernel('Square', { x }) : tf.square(x));

/** σ(x) = 1/(1 + e⁻ˣ) */
export const sigmoid = (x: Tensor): Tensor => (isFloat(x) ? runKernel('Sigmoid', { x }) : tf.sigmoid(x));

/** Looked up once: `tf.engine()` takes a noticeable part of a small step. */
const engine = tf.engine();

/** The engine's own method. Code that follows the calls of kernels puts another one in its place. */
const engineRunKernel: unknown = Reflect.get(engine, 'runKernel');

/** Whether autodiff records what is computed now. */
export const isRecorded = (): boolean => engine.state.gradientDepth > 0;

/** Whether the active backend has a kernel of this name. */
export const hasKernel = (name: string): boolean => tf.getKernel(name, engine.backendName) !== undefined;

type Attributes = Record<string, string | number | boolean | number[]>;
const none: Attributes = {};

/**
 * Calls one kernel of the active backend, without the conversions, checks and scopes of `tf`'s operations, which
 * take as long as the work itself on small tensors. While autodiff, `tf.profile` or a tracer follows the calls, TensorFlow.js's own
 * `runKernel` makes them.
 *
 * @param inputs tensors of the kernel's types, of shapes that go together
 * @returns `Tensor[]` for a kernel with several results
 */
export function runKernel<T extends Tensor | Tensor[] = Tensor>(
  name: string,
  inputs: Record<string, Tensor>,
  attributes = none,
): T {
  return callKernel<T>(tf.getKernel(name, engine.backendName), name, inputs, attributes);
}

/** The same where the backend has such a kernel. @returns undefined where it has none */
export function runIfAvailable<T extends Tensor | Tensor[] = Tensor>(
  name: string,
  inputs: Record<string, Tensor>,
  attributes = none,
): T | undefined {
  const kernel = tf.getKernel(name, engine.backendName);
  return kernel && callKernel<T>(kernel, name, inputs, attributes);
}

function callKernel<T extends Tensor | Tensor[]>(
  kernel: KernelConfig | undefined,
  name: string,
  inputs: Record<string, Tensor>,
  attributes: Attributes,
): T {
  const { state, backend } = engine;
  if (!kernel || isRecorded() || state.profiling || engine.runKernel !== engineRunKernel)
    return engine.runKernel<T>(name, inputs, attributes);
  const results = kernel.kernelFunc({ inputs, attrs: attributes, backend });
  return (Array.isArray(results) ? results.map(asTensor) : asTensor(results)) as T;
}

/** The kernels of TensorFlow's native library return tensors. */
const asTensor = (result: TensorInfo | Tensor): Tensor =>
  'rank' in result ? result : engine.makeTensorFromTensorInfo(result);
