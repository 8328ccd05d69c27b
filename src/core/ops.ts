/**
 * The operations that models share, beside those of TensorFlow.js itself.
 */
import { scalarOf } from './tensors.ts';
import { tf, type Tensor, type TensorInfo } from './tf.ts';

export { constant } from './tensors.ts';

/** Kernels of the zoo's own, which a backend may have; where it has not, the operations do without. */
export const optionalKernels = [
  'AddScaled',
  'PooledConvolution',
  'PooledConvolutionFilterGradient',
  'PooledConvolutionInputGradient',
  'ReluGradient',
];

/** The one there is; asking for it again takes a while, too. */
const engine = tf.engine();

/** Where somebody follows the kernels that are called, another one stands in its place. */
const usual: unknown = Reflect.get(engine, 'runKernel');

/** Whether autodiff records what is computed now. */
export const isRecorded = (): boolean => engine.state.gradientDepth > 0;

type Attributes = Record<string, string | number | boolean | number[]>;
const none: Attributes = {};

/**
 * One kernel of the backend with one result, as the operations of `tf` run it, but without their checks and scopes, which take as
 * long as the work on small tensors. While something is recorded or watched, by autodiff, by `tf.profile` or by us, TensorFlow.js runs it.
 *
 * @param inputs float32 tensors, of shapes that go together
 */
function runKernel(
  name: '_FusedMatMul' | 'BatchMatMul' | 'Sum' | 'Add' | 'Multiply' | 'AddScaled',
  inputs: Record<string, Tensor>,
  attributes = none,
): Tensor {
  const { state, backendName, backend } = engine;
  const kernel = tf.getKernel(name, backendName);
  if (!kernel || state.gradientDepth > 0 || state.profiling || engine.runKernel !== usual)
    return engine.runKernel<Tensor>(name, inputs, attributes);
  const made = kernel.kernelFunc({ inputs, attrs: attributes, backend }) as TensorInfo | Tensor;
  // TensorFlow's library hands out tensors.
  return 'rank' in made ? made : engine.makeTensorFromTensorInfo(made);
}

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
  if (tf.getKernel('AddScaled', tf.getBackend())) return runKernel('AddScaled', { a, b }, { factor });
  const scalar = scalarOf(factor);
  const scaled = runKernel('Multiply', { a: b, b: scalar });
  const sum = runKernel('Add', { a, b: scaled });
  tf.dispose([scalar, scaled]);
  return sum;
}
