/**
 * Four kernels of the `tensorflow` backend, done with fewer operations.
 *
 * Every call into the library costs some 30 µs before anything is computed. tfjs-node 4.22 makes `step` of seven calls
 * where two will do, runs `fused.matMul` through TensorFlow.js's own operations once more, and uploads a tensor of axes
 * or lengths for each `sum` and each `reshape`. A step of mnist by hand spends a third of its time there.
 */
import { tf, type KernelFunc, type TensorInfo } from '../../utils/tf.ts';

/** What we use of tfjs-node's backend object. */
interface NodeBackend {
  executeSingleOutput(name: string, attributes: Attribute[], inputs: TensorInfo[]): TensorInfo;
  createReductionOpAttrs(x: TensorInfo, keepDims?: boolean): Attribute[];
  write(values: Int32Array, shape: number[], dtype: 'int32'): object;
}

interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

type Replacement = (original: KernelFunc) => KernelFunc;

/** Puts the quick kernels in place. The backend must be registered; where it is another tfjs-node, nothing changes. */
export function quickenKernels(): void {
  const backend = tf.findBackend('tensorflow') as unknown as Partial<NodeBackend>;
  if (!backend.executeSingleOutput || !backend.createReductionOpAttrs || !backend.write) return;
  for (const [name, replacement] of Object.entries(replacements)) {
    const kernel = tf.getKernel(name, 'tensorflow');
    if (!kernel) continue;
    tf.unregisterKernel(name, 'tensorflow');
    tf.registerKernel({ ...kernel, kernelFunc: replacement(kernel.kernelFunc) });
  }
}

const run = (name: string, backend: object, inputs: Record<string, TensorInfo>, attrs = {}): TensorInfo =>
  tf.getKernel(name, 'tensorflow').kernelFunc({ inputs, backend, attrs }) as TensorInfo;

/** Activations that are one operation. */
const activations: Record<string, string> = { relu: 'Relu', relu6: 'Relu6', elu: 'Elu', sigmoid: 'Sigmoid' };

const replacements: Record<string, Replacement> = {
  /** 1 where x > 0, else 0; NaN stays NaN. */
  Step: (original) => (call) => {
    const x = call.inputs.x as TensorInfo;
    if ((call.attrs as { alpha?: number }).alpha) return original(call);
    const backend = call.backend as NodeBackend;
    const positive = run('Relu', backend, { x });
    const step = run('Sign', backend, { x: positive });
    dispose(positive);
    return step;
  },

  _FusedMatMul: (original) => (call) => {
    const { a, b, bias } = call.inputs as Record<string, TensorInfo>;
    const { transposeA, transposeB, activation } = call.attrs as Record<string, unknown>;
    const name = activations[activation as string];
    if (activation !== 'linear' && name === undefined) return original(call);
    const backend = call.backend as NodeBackend;
    let result = run('BatchMatMul', backend, { a, b }, { transposeA, transposeB });
    const replace = (next: TensorInfo): void => {
      dispose(result);
      result = next;
    };
    if (bias) replace(run('Add', backend, { a: result, b: bias }));
    if (name) replace(run(name, backend, { x: result, features: result }));
    return result;
  },

  Sum: () => (call) => {
    const x = call.inputs.x as TensorInfo;
    const { axis, keepDims } = call.attrs as { axis: number | number[]; keepDims: boolean };
    const backend = call.backend as NodeBackend;
    const axes = lengths(backend, tf.util.parseAxisParam(axis, x.shape));
    return backend.executeSingleOutput('Sum', backend.createReductionOpAttrs(x, keepDims), [x, axes]);
  },

  Reshape: () => (call) => {
    const x = call.inputs.x as TensorInfo;
    const { shape } = call.attrs as { shape: number[] };
    const backend = call.backend as NodeBackend;
    const [, type, indexType] = backend.createReductionOpAttrs(x);
    const attributes = [type, { ...indexType, name: 'Tshape' }];
    return backend.executeSingleOutput('Reshape', attributes, [x, lengths(backend, shape)]);
  },
};

/** The backend hands out tensors, which TensorFlow.js counts. */
const dispose = (made: TensorInfo): void => tf.dispose(made as never);

const kept = new Map<string, TensorInfo>();
const maxKept = 1000;

/** A few whole numbers as a tensor on the backend, made once. TensorFlow.js does not know of it. */
function lengths(backend: NodeBackend, values: number[]): TensorInfo {
  const key = values.join();
  const known = kept.get(key);
  if (known) return known;
  const shape = [values.length];
  const made: TensorInfo = {
    dataId: backend.write(Int32Array.from(values), shape, 'int32'),
    shape,
    dtype: 'int32',
  };
  if (kept.size >= maxKept) kept.clear();
  kept.set(key, made);
  return made;
}
