/**
 * Kernels without ceremony. Before an operation of `tf` comes to its kernel it converts, checks and opens scopes, which takes as long as
 * the work on small tensors, and longer than that on the smallest.
 */
import { tf, type KernelConfig, type Tensor, type TensorInfo } from '../utils/tf.ts';

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
