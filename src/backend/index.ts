/**
 * The choice of the backend. `auto` takes WebAssembly, for large steps TensorFlow's native library where it loads, and else
 * plain JavaScript; `float64`, the reference, is only chosen by name.
 *
 * TensorFlow's library needs Node, where `backend/tensorflow` registers it; the other three run everywhere.
 */
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { checkedChoice } from '../utils/limits.ts';
import { loadCpuPackage, tf } from '../utils/tf.ts';
import { isBackendChosen, keepActiveBackend, withBackend } from './backend-lock.ts';
import { registerMissingGradients } from './einsum.ts';
import { useWasm } from './wasm/index.ts';

registerMissingGradients();

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
    return { ready: true, about: 'double precision, the reference' };
  },
};

/** Says how a backend is loaded on this platform. */
export function registerBackend(name: BackendName, loader: BackendLoader): void {
  loaders[name] = loader;
}

/**
 * From this many million multiply-adds per step, TensorFlow's library is faster than wasm, as measured:
 * docs/performance.md has the figures.
 */
export const tensorflowPaysFrom = 16;

export interface BackendOptions {
  /** Of the native library. */
  threads?: number;
  /** Million multiply-adds of one step of the work to come, by which `auto` chooses. */
  multiplyAddsPerStep?: number;
}

/**
 * Loads a backend and makes it TensorFlow.js's active one, as soon as no training on another one is under way. It stays active
 * until the program activates another one.
 *
 * @throws InputError when a backend that was asked for by name does not load
 */
export const useBackend = (
  choice: BackendName | 'auto',
  options: BackendOptions = {},
): Promise<BackendInUse> =>
  onBackend(choice, options, (used) => {
    keepActiveBackend();
    return used;
  });

/**
 * Does work on a backend, which stays active until the work is done: work on others waits for its turn. Then the backend that the
 * program had before is active again, also after an error.
 *
 * @param choice `any`: the active one, or the best where the program has chosen none
 * @throws InputError when a backend that was asked for by name does not load
 */
export async function onBackend<T>(
  choice: BackendName | 'auto' | 'any',
  options: BackendOptions,
  work: (used: BackendInUse) => T | Promise<T>,
): Promise<T> {
  if (choice !== 'any') checkedChoice('backend', ['auto', ...backendNames], choice);
  z.checkFields('options', options, {
    threads: z.optional(z.count),
    multiplyAddsPerStep: z.optional(z.number()),
  });
  z.rejectUnknownFields('options', options, ['threads', 'multiplyAddsPerStep'], {
    stepSize: 'multiplyAddsPerStep',
  });
  const wanted = choice === 'any' ? undefined : choice === 'auto' ? fasterFor(options) : choice;
  let used: BackendInUse | undefined;
  const change = async () => {
    if (choice === 'any' && isBackendChosen()) return tf.getBackend();
    used = await (choice === 'any' || choice === 'auto' ? chosen(options) : byName(choice, options.threads));
    return used.name;
  };
  return withBackend(wanted, change, () =>
    work(used ?? { name: (wanted ?? tf.getBackend()) as BackendName }),
  );
}

async function byName(name: BackendName, threads?: number): Promise<BackendInUse> {
  const attempt = await loaders[name](threads);
  if (attempt.ready) return { name };
  throw new InputError(`The ${name} backend is not available: ${attempt.why}`);
}

const fasterFor = ({ multiplyAddsPerStep = 0 }: BackendOptions): BackendName =>
  multiplyAddsPerStep >= tensorflowPaysFrom ? 'tensorflow' : 'wasm';

/** The faster backend that loads. */
async function chosen(options: BackendOptions): Promise<BackendInUse> {
  const { threads, multiplyAddsPerStep } = options;
  const first = fasterFor(options);
  const why: string[] = [];
  for (const name of [first, first === 'wasm' ? 'tensorflow' : 'wasm', 'cpu'] as const) {
    const attempt = await loaders[name](threads);
    if (attempt.ready)
      return { name, note: name === first ? reasonFor(name, multiplyAddsPerStep) : why.join(' ') };
    why.push(attempt.why);
  }
  throw new InputError(`No backend loads: ${why.join(' ')}`);
}

function reasonFor(name: BackendName, multiplyAddsPerStep?: number): string | undefined {
  if (multiplyAddsPerStep === undefined) return undefined;
  const size = `${Number(multiplyAddsPerStep.toPrecision(2))} million multiply-adds a step`;
  return name === 'wasm'
    ? `the faster for ${size}; tensorflow from ${tensorflowPaysFrom}`
    : `the faster for ${size}; wasm below ${tensorflowPaysFrom}`;
}

/** Whether a backend loads on this machine, with a few words about it or the reason why not. */
export type BackendState =
  { name: BackendName; loads: true; about: string } | { name: BackendName; loads: false; reason: string };

/** Tries every backend in turn. Afterwards the program's own backend is active again. */
export async function backendStates(names: readonly BackendName[] = backendNames): Promise<BackendState[]> {
  const states: BackendState[] = [];
  for (const name of names) {
    const change = async () => {
      const attempt = await loaders[name]();
      states.push(
        attempt.ready
          ? { name, loads: true, about: attempt.about }
          : { name, loads: false, reason: attempt.why },
      );
      return tf.getBackend();
    };
    // No backend has this name, so that it waits for all others.
    await withBackend('each', change, () => {});
  }
  return states;
}
