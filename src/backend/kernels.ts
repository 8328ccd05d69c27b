/**
 * Which kernels a computation calls, and which of them a backend lacks.
 */
import { WorkError } from '../utils/errors.ts';
import { tf } from '../utils/tf.ts';
import type { KernelFunc } from '../utils/tf.ts';

/** What a backend cannot do, though another one might. */
export class UnsupportedError extends WorkError {}

const stubs = new WeakSet<KernelFunc>();

/**
 * The names of the kernels that `run` calls on the current backend, sorted, each once; those of gradients
 * included. If `run` throws, so does this.
 */
export function kernelsUsedBy(run: () => void): string[] {
  const engine = tf.engine();
  const used = new Set<string>();
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = (name, inputs, attributes) => {
    used.add(name);
    return runKernel(name, inputs, attributes);
  };
  try {
    run();
  } finally {
    // Uncovers the method of the class.
    delete (engine as Partial<typeof engine>).runKernel;
  }
  return [...used].sort();
}

/** Those of `names` that a backend does not have. The backend must be registered; it need not be the current one. */
export function missingKernels(names: string[], backend: string): string[] {
  return names.filter((name) => {
    const kernel = tf.getKernel(name, backend);
    return !kernel || stubs.has(kernel.kernelFunc);
  });
}

/**
 * Puts a sentence where a kernel is missing that the cpu backend has: TensorFlow.js itself says no more
 * than "not registered".
 * @param remedy what can be done about it
 */
export function registerMissingKernels(backendName: string, remedy: string): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernelName, backendName)) continue;
    const kernelFunc = () => {
      throw new UnsupportedError(`the ${backendName} backend has no kernel '${kernelName}' yet; ${remedy}`);
    };
    stubs.add(kernelFunc);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}
