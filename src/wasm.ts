/**
 * TensorFlow.js's wasm backend made fit for training, in any program: `import 'backprop-zoo/wasm'` before or after
 * `@tensorflow/tfjs`, and every kernel that the package lacks, has wrong or has slow is this project's. Nothing else of the zoo is
 * loaded, and nothing but that backend is touched.
 *
 * @module
 */
import { compileAssembly } from './backend/wasm/assembly.ts';
import { replaceKernels } from './backend/wasm/kernels.ts';
import { loadWasmPackage, tf } from './backend/tfjs-core.ts';

/**
 * Registers the kernels with TensorFlow.js; importing this module has done it already. To be called again where something has
 * registered other kernels since.
 */
export function repairWasm(): void {
  // Of the build with threads nobody else can see the memory.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  replaceKernels();
}

// The package's kernels must be there to be replaced, and ours to replace them.
await loadWasmPackage();
await compileAssembly();
repairWasm();
