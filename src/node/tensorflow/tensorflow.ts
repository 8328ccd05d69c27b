/**
 * The `tensorflow` backend: TensorFlow's C library behind `@tensorflow/tfjs-node`, where it is installed.
 * The copy that `zoo setup native` has made, somebody's deliberate act, is taken first, else npm's own.
 */
import { dirname, join } from 'node:path';
import { addonPackage, nativeDirectory, readManifest } from './place.ts';
import { tf } from '../../core/tf.ts';
import { quickenKernels } from './kernels.ts';

/** Whether the backend is there, which TensorFlow it is and from which folder; or why not, in one line. */
export type TensorflowBackend =
  { loaded: true; version: string; directory: string } | { loaded: false; reason: string };

export interface TensorflowOptions {
  /** Threads within one operation; 1 is 2–3 times faster than TensorFlow's own choice at this zoo's sizes. */
  threads?: number;
  /** Load the installation in this folder and look nowhere else. */
  directory?: string;
}

// The same `require` world as src/core/tf.ts, so that both see one TensorFlow.js.
const { createRequire } = globalThis.process.getBuiltinModule('node:module');

const HOW_TO_GET_IT = "'zoo setup native' gets it";

let loaded: (TensorflowBackend & { loaded: true }) | undefined;

/**
 * Load tfjs-node, which registers its backend. Never throws: what is absent or broken is told in `reason`.
 * The thread count and TensorFlow's other settings are fixed by the first call that succeeds.
 */
export function loadTensorflowBackend(options: TensorflowOptions = {}): TensorflowBackend {
  if (loaded) return loaded;
  prepareTensorflow(options.threads);
  const reasons: string[] = [];
  const { directory } = options;
  for (const candidate of directory ? [ownCopy(directory)] : [ownCopy(nativeDirectory()), npmCopy()]) {
    if (candidate === undefined) continue;
    try {
      candidate.load();
      quickenKernels();
      const { binding } = tf.findBackend('tensorflow') as unknown as { binding: { TF_Version: string } };
      return (loaded = { loaded: true, version: binding.TF_Version, directory: candidate.directory });
    } catch (error) {
      if (tf.findBackendFactory('tensorflow') === null) removeKernels();
      reasons.push(explain(error as Error));
    }
  }
  return {
    loaded: false,
    reason: reasons[0] ?? `tfjs-node is not installed (${HOW_TO_GET_IT}).`,
  };
}

/** tfjs-node registers its kernels before it finds its library missing; they are in the way of the next candidate. */
function removeKernels(): void {
  for (const { kernelName } of tf.getKernelsForBackend('tensorflow'))
    tf.unregisterKernel(kernelName, 'tensorflow');
}

interface Candidate {
  directory: string;
  load: () => void;
}

/** The copy that npm has installed beside this project's other packages. */
function npmCopy(): Candidate | undefined {
  const require = createRequire(import.meta.url);
  try {
    const directory = dirname(require.resolve('@tensorflow/tfjs-node/package.json'));
    return { directory, load: () => void require('@tensorflow/tfjs-node') };
  } catch {
    return undefined;
  }
}

/** The copy made by `zoo setup native`; its `require('@tensorflow/tfjs')` is answered with our core and Layers, whose classes it extends. */
function ownCopy(home: string): Candidate | undefined {
  if (readManifest(home) === undefined) return undefined;
  const load = () => {
    const require = createRequire(join(addonPackage(home), 'package.json'));
    const layers = createRequire(import.meta.url)('@tensorflow/tfjs-layers') as object;
    const ours = { ...layers, ...tf };
    for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core']) {
      const file = require.resolve(name);
      require(file);
      require.cache[file]!.exports = ours;
    }
    require(addonPackage(home));
  };
  return { directory: home, load };
}

/**
 * Settings that TensorFlow reads once, when its library is loaded. What the user has set stays.
 * A worker thread's own environment does not reach the library: call this in the main thread before starting workers.
 */
export function prepareTensorflow(threads?: number): void {
  const { env } = process;
  if (threads !== undefined) env.TF_NUM_INTRAOP_THREADS = String(threads);
  env.TF_NUM_INTRAOP_THREADS ??= '1';
  env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  // oneDNN changes the order of additions from machine to machine, and announces itself on stderr.
  env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  // tfjs-node 4.22 calls a function that Node.js 23 has removed.
  const util = createRequire(import.meta.url)('node:util') as {
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

function explain({ message }: Error): string {
  const line = message.split('\n')[0].trim();
  if (/isNullOrUndefined/.test(message))
    return `tfjs-node does not run on Node.js ${process.version}: use Node.js 20 or 22.`;
  if (/tfjs_binding\.node.*can not be found/s.test(message))
    return `tfjs-node's native library is missing, its install script did not finish (${HOW_TO_GET_IT}).`;
  if (/GLIBC|CXXABI/.test(message)) return `TensorFlow's library needs a newer system than this one: ${line}`;
  if (/cannot open shared object|image not found|Library not loaded/.test(message))
    return `tfjs-node does not find TensorFlow's library (${HOW_TO_GET_IT}): ${line}`;
  return `tfjs-node does not load: ${line}`;
}
