/**
 * The kernels of the wasm backend that are ours, for every caller: hand-written gradients, TensorFlow.js's own gradients
 * and its Layers alike.
 *
 * As the package has it, `matMul` with a transposed input leaves the fast XNNPACK kernel for a scalar loop that is 12
 * times slower, and that loop adds a fused bias once for every 48 columns of the inner dimension, which is wrong.
 */
import { tf, type KernelFunc, type TensorInfo } from '../../core/tf.ts';
import { assemblyFor, type Assembly } from './assembly.ts';
import { add, addScaled, multiply, subtract } from './elementwise.ts';
import { columnSums, product, type Transposition } from './products.ts';
import type { WasmBackend } from './types.ts';

let done = false;
const ours = new WeakSet<KernelFunc>();

/** Whether both multiplications that the wasm backend has registered now are ours. */
export const isMatMulRepaired = (): boolean =>
  ['BatchMatMul', '_FusedMatMul'].every((name) => {
    const kernel = tf.getKernel(name, 'wasm');
    return kernel ? ours.has(kernel.kernelFunc) : false;
  });

/** Registers our kernels, most of them in the place of the package's. Once is enough. */
export function replaceKernels(): void {
  if (done) return;
  done = true;
  const assembly = assemblyFor(tf.backend() as unknown as WasmBackend);
  replace('BatchMatMul', () => matMul(assembly));
  replace('_FusedMatMul', () => fusedMatMul(assembly));
  replace(
    'Sum',
    whereWeCan(({ x }, attributes) => sum(assembly, x, attributes as Summed)),
  );
  replace(
    'Add',
    whereWeCan(({ a, b }) => add(assembly, a, b)),
  );
  replace(
    'Sub',
    whereWeCan(({ a, b }) => subtract(assembly, a, b)),
  );
  replace(
    'Multiply',
    whereWeCan(({ a, b }) => multiply(assembly, a, b)),
  );
  replace(
    'Square',
    whereWeCan(({ x }) => multiply(assembly, x, x)),
  );
  tf.registerKernel({
    kernelName: 'AddScaled',
    backendName: 'wasm',
    kernelFunc: ({ inputs: { a, b }, attrs }) =>
      addScaled((attrs as { factor: number }).factor)(assembly, a as TensorInfo, b as TensorInfo)!,
  });
  // The package's copies; TensorFlow.js's gradients ask for copies of all data, which may share its memory.
  replace('Identity', () => ({ inputs }) => {
    const { dataId, shape, dtype } = inputs.x as TensorInfo;
    assembly.backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}

function replace(name: string, made: (original: KernelFunc) => KernelFunc): void {
  const original = tf.getKernel(name, 'wasm');
  const kernelFunc = made(original.kernelFunc);
  ours.add(kernelFunc);
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({ ...original, kernelFunc });
}

/** A kernel that leaves to the package what we have none for. */
const whereWeCan =
  (compute: (inputs: Record<string, TensorInfo>, attributes: unknown) => TensorInfo | undefined) =>
  (original: KernelFunc): KernelFunc =>
  (call) =>
    compute(call.inputs as Record<string, TensorInfo>, call.attrs) ?? original(call);

const matMul =
  (assembly: Assembly): KernelFunc =>
  ({ inputs, attrs }) => {
    const { a, b } = inputs as Record<string, TensorInfo>;
    return product(assembly, a, b, undefined, attrs as unknown as Transposition);
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

interface Fused extends Transposition {
  activation?: string;
  leakyreluAlpha?: number;
}

const fusedMatMul =
  (assembly: Assembly): KernelFunc =>
  ({ inputs, attrs }) => {
    const { a, b, bias, preluActivationWeights } = inputs as Record<string, TensorInfo>;
    const { activation = 'linear', leakyreluAlpha = 0, ...transposition } = attrs as unknown as Fused;
    const outputs = b.shape.at(transposition.transposeB ? -2 : -1);
    const isRow = bias?.shape.length === 1 && bias.shape[0] === outputs;
    let result = product(assembly, a, b, isRow ? bias : undefined, transposition);
    const follow = (name: string, further: Record<string, TensorInfo>, attrs = {}): void => {
      const { backend } = assembly;
      const { kernelFunc } = tf.getKernel(name, 'wasm');
      const next = kernelFunc({ inputs: { ...further, x: result, a: result }, backend, attrs }) as TensorInfo;
      backend.disposeData(result.dataId);
      result = next;
    };
    if (bias && !isRow) follow('Add', { b: bias });
    if (activation !== 'linear') {
      follow(activations[activation], { alpha: preluActivationWeights }, { alpha: leakyreluAlpha });
    }
    return result;
  };

interface Summed {
  axis: number | number[] | null;
  keepDims: boolean;
}

/** Sums over the rows of a matrix. */
function sum(assembly: Assembly, x: TensorInfo, { axis, keepDims }: Summed): TensorInfo | undefined {
  const alongRows = axis === 0 || (Array.isArray(axis) && axis.length === 1 && axis[0] === 0);
  if (!alongRows || keepDims || x.shape.length !== 2 || x.dtype !== 'float32') return undefined;
  return columnSums(assembly, x);
}
