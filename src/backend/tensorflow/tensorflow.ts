/**
 * The `tensorflow` backend: TensorFlow's C library through `@tensorflow/tfjs-node`, if that package is installed and loads.
 * Importing this module adds it to the backends: the package's entry, the command line and worker threads do.
 */
import { tf } from '../../utils/tf.ts';
import { registerBackend } from '../index.ts';
import { quickenKernels } from './kernels.ts';

/** TensorFlow's version if the backend is registered; otherwise the reason, one sentence. */
export type TensorflowBackend = { loaded: true; version: string } | { loaded: false; reason: string };

// The same `require` as in src/utils/tf.ts, so that both load one TensorFlow.js.
const { createRequire } = globalThis.process.getBuiltinModule('node:module');
const require = createRequire(import.meta.url);

/**
 * Loads tfjs-node, which registers its backend. Never throws.
 *
 * @param threads within one operation; 1 by default, which is 2 to 3 times faster than TensorFlow's own choice for the
 *   small operations of this zoo. The first call that succeeds fixes it.
 */
export function loadTensorflowBackend(threads?: number): TensorflowBackend {
  prepareTensorflow(threads);
  try {
    require.resolve('@tensorflow/tfjs-node/package.json');
  } catch {
    return {
      loaded: false,
      reason: '@tensorflow/tfjs-node is not installed (npm install @tensorflow/tfjs-node installs it).',
    };
  }
  try {
    require('@tensorflow/tfjs-node');
    quickenKernels();
    const { binding } = tf.findBackend('tensorflow') as unknown as { binding: { TF_Version: string } };
    return { loaded: true, version: binding.TF_Version };
  } catch (error) {
    // tfjs-node registers its kernels before it looks for its library.
    for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
      tf.unregisterKernel(kernelName, 'tensorflow');
    return { loaded: false, reason: explain(error as Error) };
  }
}

/**
 * Sets what TensorFlow reads once, when its library is loaded. Variables that the user has set are kept. A worker
 * thread's environment does not reach the library, so the main thread calls this before it starts workers.
 */
export function prepareTensorflow(threads?: number): void {
  const { env } = process;
  if (threads !== undefined) env.TF_NUM_INTRAOP_THREADS = String(threads);
  env.TF_NUM_INTRAOP_THREADS ??= '1';
  env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // oneDNN changes the order of additions from machine to machine and prints a notice to stderr.
  env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  // tfjs-node 4.22 calls a function that Node.js 23 removed.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function explain({ message }: Error): string {
  const line = message.split('\n')[0].trim();
  if (/tfjs_binding\.node.*can not be found/s.test(message))
    return "@tensorflow/tfjs-node is installed without TensorFlow's library: its install script did not finish (npm rebuild @tensorflow/tfjs-node runs it again).";
  if (/GLIBC|CXXABI/.test(message)) return `TensorFlow's library needs a newer system: ${line}`;
  return `@tensorflow/tfjs-node does not load: ${line}`;
}

registerBackend('tensorflow', async (threads) => {
  const outcome = loadTensorflowBackend(threads);
  if (!outcome.loaded) return { ready: false, why: outcome.reason };
  await tf.setBackend('tensorflow');
  const used = Number(process.env.TF_NUM_INTRAOP_THREADS);
  return { ready: true, about: `TensorFlow ${outcome.version}, ${used} thread${used === 1 ? '' : 's'}` };
});
