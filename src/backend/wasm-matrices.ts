/**
 * The wasm backend's matrix products and sums of columns, repaired and made fast for every caller: hand-written
 * gradients, TensorFlow.js's own gradients and its Layers alike.
 *
 * As the package has it, `matMul` with a transposed input leaves the fast XNNPACK kernel for a scalar loop that is 12
 * times slower, and that loop adds a fused bias once for every 48 columns of the inner dimension, which is wrong.
 */
import { tf, type KernelFunc, type TensorInfo } from '../tf.ts';
import { Products } from './wasm-products.ts';
import type { Attributes, WasmBackend } from './wasm-types.ts';

let done = false;
const repaired = new WeakSet<KernelFunc>();

/** Whether both multiplications that the wasm backend has registered now are the repaired ones. */
export const isMatMulRepaired = (): boolean =>
  ['BatchMatMul', '_FusedMatMul'].every((name) => {
    const kernel = tf.getKernel(name, 'wasm');
    return kernel ? repaired.has(kernel.kernelFunc) : false;
  });

/** Replaces the kernels of `matMul`, `fused.matMul`, `sum` and of copies. Once is enough. */
export function repairMatrices(): void {
  if (done) return;
  done = true;
  const backend = tf.backend() as unknown as WasmBackend;
  const products = new Products(backend);
  replace('BatchMatMul', () => matMul(products));
  replace('_FusedMatMul', () => fusedMatMul(products, backend));
  replace('Sum', (original) => sum(original, products));
  // The kernel copies; TensorFlow.js's gradients ask for copies of all data, which may share its memory.
  replace('Identity', () => ({ inputs }) => {
    const { dataId, shape, dtype } = inputs.x as TensorInfo;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}

function replace(name: string, made: (original: KernelFunc) => KernelFunc): void {
  const original = tf.getKernel(name, 'wasm');
  const kernelFunc = made(original.kernelFunc);
  repaired.add(kernelFunc);
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({ ...original, kernelFunc });
}

const matMul =
  (products: Products): KernelFunc =>
  ({ inputs, attrs }) => {
    const { a, b } = inputs as Record<string, TensorInfo>;
    return products.multiply(a, b, undefined, attrs as unknown as Attributes);
  };

/** The kernels of the activations that `fused.matMul` knows. */
const activations: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  prelu: 'Prelu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  elu: 'Elu',
};

const fusedMatMul =
  (products: Products, backend: WasmBackend): KernelFunc =>
  ({ inputs, attrs }) => {
    const { a, b, bias, preluActivationWeights } = inputs as Record<string, TensorInfo>;
    const attributes = attrs as unknown as Attributes;
    const { activation = 'linear', leakyreluAlpha = 0 } = attributes;
    if (bias && bias.shape.length !== 1) {
      throw new Error(`fused.matMul on wasm needs a bias of rank 1, not of rank ${bias.shape.length}`);
    }
    const sums = products.multiply(a, b, bias, attributes);
    if (activation === 'linear') return sums;
    const activated = tf.getKernel(activations[activation], 'wasm').kernelFunc({
      inputs: { x: sums, alpha: preluActivationWeights },
      backend,
      attrs: { alpha: leakyreluAlpha },
    }) as TensorInfo;
    backend.disposeData(sums.dataId);
    return activated;
  };

/** Sums over the rows of a matrix. */
const sum =
  (original: KernelFunc, products: Products): KernelFunc =>
  ({ inputs, backend, attrs }) => {
    const x = inputs.x as TensorInfo;
    const { axis, keepDims } = attrs as { axis: number | number[] | null; keepDims: boolean };
    const alongRows = axis === 0 || (Array.isArray(axis) && axis.length === 1 && axis[0] === 0);
    return alongRows && !keepDims && x.shape.length === 2 && x.dtype === 'float32'
      ? products.columnSums(x)
      : original({ inputs, backend, attrs });
  };
