/**
 * Which backend computes. `auto` takes TensorFlow's native library where it loads, else the embedded WebAssembly,
 * else plain JavaScript; `float64` is the referee and only ever chosen by name.
 *
 * The three that run everywhere are known here. TensorFlow's library belongs to Node, where `node/tensorflow` adds it.
 */
import { InputError } from '../core/errors.ts';
import { loadCpuPackage, tf } from '../core/tf.ts';
import { useWasm } from './wasm/index.ts';

export const backendNames = ['tensorflow', 'wasm', 'cpu', 'float64'] as const;
export type BackendName = (typeof backendNames)[number];

export interface BackendInUse {
  name: BackendName;
  /** One line about why no better backend is in use, where that is worth knowing. */
  note?: string;
}

/** A backend that is ready, with a few words about it, or one line about why it is not. */
export type Attempt = { ready: true; about: string } | { ready: false; why: string };

/** Loads a backend and makes it the current one; never throws. @param threads of the native library */
export type BackendLoader = (threads?: number) => Promise<Attempt>;

const loaders: Record<BackendName, BackendLoader> = {
  tensorflow: () => Promise.resolve({ ready: false, why: "TensorFlow's library runs in Node only." }),
  async wasm() {
    try {
      await useWasm();
      const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
      return { ready: true, about: `WebAssembly ${simd ? 'with' : 'without'} SIMD` };
    } catch (error) {
      return { ready: false, why: (error as Error).message };
    }
  },
  async cpu() {
    await loadCpuPackage();
    await tf.setBackend('cpu');
    return { ready: true, about: 'plain JavaScript' };
  },
  async float64() {
    const { registerFloat64Backend } = await import('./float64/index.ts');
    registerFloat64Backend();
    await tf.setBackend('float64');
    return { ready: true, about: 'double precision, the referee' };
  },
};

/** Says how a backend is loaded on this platform. */
export function registerBackend(name: BackendName, loader: BackendLoader): void {
  loaders[name] = loader;
}

/**
 * Loads a backend and makes it TensorFlow.js's current one.
 *
 * @throws InputError when a backend that was asked for by name does not load
 */
export async function useBackend(
  choice: BackendName | 'auto',
  { threads }: { threads?: number } = {},
): Promise<BackendInUse> {
  if (choice !== 'auto') {
    const attempt = await loaders[choice](threads);
    if (attempt.ready) return { name: choice };
    throw new InputError(`The ${choice} backend is not available: ${attempt.why}`);
  }
  const native = await loaders.tensorflow(threads);
  if (native.ready) return { name: 'tensorflow' };
  const wasm = await loaders.wasm(threads);
  if (wasm.ready) return { name: 'wasm', note: native.why };
  await loaders.cpu(threads);
  return { name: 'cpu', note: `${native.why} ${wasm.why}` };
}

/** Whether a backend loads on this machine, with a few words about it or the reason why not. */
export type BackendState =
  { name: BackendName; loads: true; about: string } | { name: BackendName; loads: false; reason: string };

/** Tries every backend in turn. The last of them is in use afterwards. */
export async function backendStates(names: readonly BackendName[] = backendNames): Promise<BackendState[]> {
  const states: BackendState[] = [];
  for (const name of names) {
    const attempt = await loaders[name]();
    states.push(
      attempt.ready
        ? { name, loads: true, about: attempt.about }
        : { name, loads: false, reason: attempt.why },
    );
  }
  return states;
}
