/**
 * The embedded backend: TensorFlow.js's WebAssembly kernels, the hottest of them replaced by our own, with one guard.
 */
import { InputError } from '../../utils/errors.ts';
import { loadWasmPackage, tf } from '../../utils/tf.ts';
import { alignMemory, assemblyOf, compileAssembly, type WasmBackend } from './assembly.ts';
import { replaceKernels } from './kernels.ts';

/**
 * Says where a page finds the three .wasm files of `@tensorflow/tfjs-backend-wasm`, before the backend is used first.
 *
 * @param paths the address of their folder, or of each file by its name; in a worker, absolute ones
 */
export async function setWasmPaths(paths: string | Record<string, string>): Promise<void> {
  (await loadWasmPackage()).setWasmPaths(paths);
}

let replaced = false;

/** Loads, repairs and selects the wasm backend. In a browser, call {@link setWasmPaths} first. */
export async function useWasm(): Promise<void> {
  await loadWasmPackage();
  // Threads gain nothing at these sizes, and their build keeps its memory to itself.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const forgetListeners = rememberListeners();
  const works = await tf.setBackend('wasm');
  forgetListeners();
  if (!works) throw new Error('WebAssembly is not supported here');
  guardMemory(tf.backend());
  alignMemory(tf.backend() as unknown as WasmBackend);
  // Once: what a program registers after us is meant to stay.
  if (!replaced) replaceKernels();
  replaced = true;
  await compileAssembly();
  assemblyOf(tf.backend());
}

type Listener = () => void;
interface Program {
  listeners(event: string): Listener[];
  off(event: string, listener: Listener): void;
}

/**
 * The package throws every uncaught error of the program again, past the program's own listeners: a server that means
 * to go on would end, and the exit code of any other is 7. Its listeners are taken off, then errors are as without it.
 */
function rememberListeners(): () => void {
  const { process: program } = globalThis as { process?: Program };
  const heard = ['uncaughtException', 'unhandledRejection'].map((event) => ({
    event,
    before: program?.listeners?.(event) ?? [],
  }));
  return () => {
    for (const { event, before } of heard)
      for (const listener of program?.listeners?.(event) ?? [])
        if (!before.includes(listener)) program!.off(event, listener);
  };
}

/**
 * The wasm heap ends at 4 GiB, and near its end it corrupts data before it complains. Tensors get half; fragmentation
 * needs the rest.
 */
export const wasmByteBudget = 2 * 1024 ** 3;

/** Bytes of tensors of each guarded backend: now, and at most since `peak` was last set. */
const usages = new WeakMap<object, { inUse: number; peak: number }>();

/** How many bytes of tensors `work` needs at its worst moment on the wasm backend, beside those there were before. */
export function peakBytes(work: () => void): number {
  const usage = usages.get(tf.backend());
  if (!usage) throw new Error('peakBytes needs the wasm backend');
  const before = usage.inUse;
  usage.peak = before;
  work();
  return usage.peak - before;
}

/** Refuses an allocation that would exceed the budget, with a sentence instead of a corrupted heap. */
export function guardMemory(
  backend: Pick<WasmBackend, 'move' | 'disposeData'>,
  budget = wasmByteBudget,
): void {
  if (usages.has(backend)) return;
  const usage = { inUse: 0, peak: 0 };
  usages.set(backend, usage);
  const move = backend.move.bind(backend);
  const disposeData = backend.disposeData.bind(backend);
  backend.move = (dataId: Guarded, values, shape, dtype, refCount) => {
    const bytes = 4 * tf.util.sizeFromShape(shape);
    if (usage.inUse + bytes > budget) {
      throw new InputError(
        `A tensor of shape [${shape.join(', ')}] needs ${megabytes(bytes)} but only ${megabytes(budget - usage.inUse)} of the ` +
          `wasm backend's ${megabytes(budget)} are free: use a smaller --batch-size or model, or --backend cpu.`,
      );
    }
    move(dataId, values, shape, dtype, refCount);
    usage.inUse += bytes;
    usage.peak = Math.max(usage.peak, usage.inUse);
    dataId.guardedBytes = bytes;
  };
  backend.disposeData = (dataId: Guarded, force) => {
    const freed = disposeData(dataId, force);
    if (freed) {
      usage.inUse -= dataId.guardedBytes ?? 0;
      dataId.guardedBytes = 0;
    }
    return freed;
  };
}

/** What a tensor takes is kept with its name for the backend: a map would take a good part of a small step. */
interface Guarded {
  guardedBytes?: number;
}

export const megabytes = (bytes: number): string =>
  `${(bytes / 1024 ** 2).toFixed(bytes < 1024 ** 2 ? 3 : 0)} MiB`;
