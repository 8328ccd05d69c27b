/**
 * A lock on the active backend. TensorFlow.js has one active backend for the whole program: work on another one waits until
 * the lock is free. When no work is left, the backend that was active before is restored.
 */
import { tf } from '../utils/tf.ts';

/** The backend that is ready for work; undefined while it is being changed. */
let ready: string | undefined;
let holders = 0;
const waiting: (() => void)[] = [];

/** The program's own backend, to be restored. */
let before: string | undefined;
/** The backend that was restored because TensorFlow.js would have chosen it: the program itself has chosen none. */
let byDefault: string | undefined;

/** The active backend, or else the one that TensorFlow.js would choose for the first operation; undefined where none is registered. */
export function activeBackend(): string | undefined {
  const { backendName, registryFactory } = tf.engine();
  if (backendName) return backendName;
  return Object.keys(registryFactory).sort(
    (a, b) => registryFactory[b].priority - registryFactory[a].priority,
  )[0];
}

/** Whether a backend is active that the program has chosen, or that work is running on. */
export function isBackendChosen(): boolean {
  const { backendName } = tf.engine();
  return Boolean(backendName) && backendName !== byDefault;
}

/** Makes the active backend the program's own: it stays active when no work is left. */
export function keepActiveBackend(): void {
  before = tf.engine().backendName;
  byDefault = undefined;
}

/**
 * Does work while no other work changes the backend.
 *
 * @param wanted the backend that the work needs; undefined where any will do
 * @param change activates it and returns its name; not called where it is active already
 */
export async function withBackend<T>(
  wanted: string | undefined,
  change: () => Promise<string>,
  work: () => T | Promise<T>,
): Promise<T> {
  const suits = () => ready !== undefined && (wanted === undefined || wanted === ready);
  if (holders > 0 && !suits()) await new Promise<void>((go) => waiting.push(go));
  else if (holders++ === 0) {
    if (!tf.engine().backendName) byDefault = activeBackend();
    before = activeBackend();
  }
  try {
    // While others work on it, the backend is the right one; without them, the program may have changed it.
    if (holders === 1 || !suits()) {
      ready = undefined;
      ready = await change();
    }
    return await work();
  } finally {
    if (holders > 1) holders--;
    else await release();
  }
}

/** Wakes the next waiter; without one, restores the program's backend. */
async function release(): Promise<void> {
  ready = undefined;
  if (waiting.length === 0 && before !== undefined && tf.engine().backendName !== before) {
    // A backend that the program has removed cannot be restored. The result or error of the work matters more.
    await tf.setBackend(before).catch(() => {});
  }
  const next = waiting.shift();
  // The count stays 1: whoever comes meanwhile finds the backend held.
  if (next) next();
  else holders = 0;
}
