/**
 * The operations that models share, beside those of TensorFlow.js itself.
 */
import { scalarOf } from '../utils/tensors.ts';
import { type KernelConfig, type Tensor, type TensorInfo, tf } from '../utils/tf.ts';

export { constant } from '../utils/tensors.ts';

/** Kernels of the zoo's own, which a backend may have; where it has not, the operations do without. */
export const optionalKernels = [
  'AddScaled',
  'PooledConvolution',
  'PooledConvolutionFilterGradient',
  'PooledConvolutionInputGradient',
  'ReluGradient',
];

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

/** Σ over the batch: `[rows, n]` → `[n]`. The gradient of a bias. */
export const sumRows = (a: Tensor): Tensor => runKernel('Sum', { x: a }, { axis: [0], keepDims: false });

/** a + factor·b of one shape, in one pass where the backend has a kernel for it. */
export function addScaled(a: Tensor, b: Tensor, factor: number): Tensor {
  if (kernelOf('AddScaled')) return runKernel('AddScaled', { a, b }, { factor });
  const scalar = scalarOf(factor);
  const scaled = runKernel('Multiply', { a: b, b: scalar });
  const sum = runKernel('Add', { a, b: scaled });
  tf.dispose([scalar, scaled]);
  return sum;
}

/** The one there is; asking for it again takes a while, too. */
const engine = tf.engine();

/** Where somebody follows the kernels that are called, another one stands in its place. */
const usual: unknown = Reflect.get(engine, 'runKernel');

/** Whether autodiff records what is computed now. */
export const isRecorded = (): boolean => engine.state.gradientDepth > 0;

/** TensorFlow.js's own table of kernels. `tf.getKernel` composes the key anew at each call, which takes a tenth of a small step. */
const table = (
  globalThis as unknown as { _tfGlobals: Map<string, Map<string, KernelConfig>> }
)._tfGlobals.get('kernelRegistry')!;
const keys = new Map<string, Map<string, string>>();

/** The kernel of this name that the backend in use has, if it has one. */
export function kernelOf(name: string): KernelConfig | undefined {
  const { backendName } = engine;
  let ofBackend = keys.get(backendName);
  if (!ofBackend) keys.set(backendName, (ofBackend = new Map<string, string>()));
  let key = ofBackend.get(name);
  if (!key) ofBackend.set(name, (key = `${backendName}_${name}`));
  return table.get(key);
}

type Attributes = Record<string, string | number | boolean | number[]>;
const none: Attributes = {};

/**
 * One kernel of the backend with one result. While something is recorded or watched, by autodiff, by `tf.profile` or by us, TensorFlow.js
 * runs it.
 *
 * @param inputs float32 tensors, of shapes that go together
 */
export function runKernel(name: string, inputs: Record<string, Tensor>, attributes = none): Tensor {
  const { state, backend } = engine;
  const kernel = kernelOf(name);
  if (!kernel || isRecorded() || state.profiling || engine.runKernel !== usual)
    return engine.runKernel<Tensor>(name, inputs, attributes);
  const made = kernel.kernelFunc({ inputs, attrs: attributes, backend }) as TensorInfo | Tensor;
  // TensorFlow's library hands out tensors.
  return 'rank' in made ? made : engine.makeTensorFromTensorInfo(made);
}

/** What models do with tensors, `x.sub(y)`, by its name there. */
const ofOne = { sigmoid: 'Sigmoid', square: 'Square', sign: 'Sign' };
const ofTwo = { add: 'Add', sub: 'Sub', mul: 'Multiply' };

const isReady = (x: unknown): x is Tensor => x instanceof tf.Tensor && x.dtype === 'float32' && !x.isDisposed;

const methods = tf.Tensor.prototype as unknown as Record<string, (this: Tensor, other?: unknown) => Tensor>;

for (const [method, kernel] of Object.entries(ofOne)) {
  const whole = methods[method];
  methods[method] = function () {
    return isReady(this) ? runKernel(kernel, { x: this }) : whole.call(this);
  };
}

for (const [method, kernel] of Object.entries(ofTwo)) {
  const whole = methods[method];
  methods[method] = function (other) {
    return isReady(this) && isReady(other)
      ? runKernel(kernel, { a: this, b: other })
      : whole.call(this, other);
  };
}
