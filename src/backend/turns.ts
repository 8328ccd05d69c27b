/**
 * TensorFlow.js computes on one backend at a time, for the whole program. Work that runs on one holds it; who wants
 * another waits until nobody does.
 */

/** The backend that is ready; undefined while it is being changed. */
let ready: string | undefined;
let holders = 0;
const waiting: (() => void)[] = [];

/**
 * Does work while nobody changes the backend.
 *
 * @param wanted the backend that the work needs; undefined where any will do
 * @param change makes it the current one and tells its name; not called where it is already
 */
export async function inTurn<T>(
  wanted: string | undefined,
  change: () => Promise<string>,
  work: () => T | Promise<T>,
): Promise<T> {
  const suits = () => ready !== undefined && (wanted === undefined || wanted === ready);
  if (holders > 0 && !suits()) await new Promise<void>((go) => waiting.push(go));
  else holders++;
  try {
    // With others at work it suits; alone, a program may have changed it by TensorFlow.js's own means.
    if (holders === 1 || !suits()) {
      ready = undefined;
      ready = await change();
    }
    return await work();
  } finally {
    const next = holders === 1 ? waiting.shift() : undefined;
    // Handed on: whoever comes meanwhile still finds it held.
    if (next) next();
    else holders--;
  }
}
