/** Kernels that a backend lacks. */
import { WorkError } from '../utils/errors.ts';
import { tf } from '../utils/tf.ts';

/** What a backend cannot do, though another one might. */
export class UnsupportedError extends WorkError {}

/**
 * Registers a kernel that throws a clear error for each one that the backend lacks and the cpu backend has.
 *
 * @param remedy what can be done about it
 */
export function registerMissingKernels(backendName: string, remedy: string): void {
  for (const { kernelName } of tf.getKernelsForBackend('cpu')) {
    if (tf.getKernel(kernelName, backendName)) continue;
    const kernelFunc = () => {
      throw new UnsupportedError(`the ${backendName} backend has no kernel '${kernelName}' yet; ${remedy}`);
    };
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}
