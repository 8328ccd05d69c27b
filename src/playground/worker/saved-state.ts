/**
 * Stores the state of the latest run in IndexedDB, so that it survives closing the page.
 */
import type { TrainingState } from '../../training/types.ts';
import type { Address } from '../messages.ts';

const [database, store, latest] = ['backprop-zoo', 'runs', 'latest'];

interface Kept {
  address: string;
  state: TrainingState;
}

/** Runs a request on the store; undefined if the browser refuses, as in a private window. */
async function withStore<T>(
  mode: IDBTransactionMode,
  work: (runs: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  try {
    const opened = indexedDB.open(database, 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore(store);
    const open = await done(opened);
    const result = await done(work(open.transaction(store, mode).objectStore(store)));
    open.close();
    return result;
  } catch {
    return undefined;
  }
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('refused'));
  });

const nameOf = (address: Address): string => new URLSearchParams(address).toString();

export const keep = (address: Address, state: TrainingState): Promise<unknown> =>
  withStore('readwrite', (runs) => runs.put({ address: nameOf(address), state } satisfies Kept, latest));

export const forget = (): Promise<unknown> => withStore('readwrite', (runs) => runs.delete(latest));

/** The state of the run of this address, if it was the latest. */
export async function kept(address: Address): Promise<TrainingState | undefined> {
  const found = await withStore(
    'readonly',
    (runs): IDBRequest<Kept | undefined> => runs.get(latest) as never,
  );
  return found?.address === nameOf(address) ? found.state : undefined;
}
