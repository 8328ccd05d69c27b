import { useBackend, type BackendName } from '../../backend/index.ts';
import { loadWasmPackage, tf } from '../../core/tf.ts';

/** A backend as its package brings it, without the zoo's kernels for wasm. */
export async function usePlainBackend(backend: string): Promise<void> {
  if (backend !== 'wasm') {
    await useBackend(backend as BackendName);
    return;
  }
  await loadWasmPackage();
  await tf.setBackend('wasm');
}
