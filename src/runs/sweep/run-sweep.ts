/**
 * Trains the cells of a sweep on a pool of worker threads, each cell once, and keeps what comes of each at once.
 */
import type { BackendName } from '../../backend/index.ts';
import type { DataRequest } from '../../data/dataset.ts';
import { InputError, WorkError } from '../../utils/errors.ts';
import { workerPool } from '../../node/workers.ts';
import {
  readCells,
  writeCell,
  type CellResult,
  checkSameData,
  onSameData,
  type SweepData,
} from './cell-file.ts';
import { distinct, shardOf, type Cell, type Shard } from './trials.ts';
import { makeBoard, type CellJob } from './train-cell.ts';

export interface SweepRequest {
  model: string;
  cells: Cell[];
  shard?: Shard;
  backend: BackendName;
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own' | 'cacheDir'>;
  /** What that is at the beginning. */
  dataset: SweepData;
  /** An open directory, see `openDirectory`. */
  out: string;
  workers: number;
  /** Called with the trainings that are left, before the first begins. */
  onStart?: (pending: Cell[], finished: number) => void | Promise<void>;
  onResult?: (cell: Cell, result: CellResult) => void;
  /** Several times a second: how much of each cell under way is done, 0 … 1. */
  onTick?: (running: { cell: Cell; share: number }[]) => void;
  /** Asked several times a second; cells under way are given up, those that are finished stay. */
  shouldStop?: () => boolean;
}

export interface SweepOutcome {
  results: Map<string, CellResult>;
  /** Trainings of this shard that were there before, and that were done now. */
  finished: number;
  trained: number;
  interrupted: boolean;
}

const millisecondsBetweenTicks = 200;

/** @throws InputError where there are results of other data @throws WorkError where a result cannot be written */
export async function runSweep(request: SweepRequest, poolOf = workerPool): Promise<SweepOutcome> {
  const { model, cells, shard, backend, data, out, workers, onResult } = request;
  const mine = shard ? shardOf(cells, shard) : distinct(cells);
  const results = await readCells(out);
  checkSameData(out, results.values(), request.dataset);
  // What failed for want of memory, say, may succeed now; numbers that diverged would do so again.
  const pending = mine.filter(({ id }) => (results.get(id)?.status ?? 'failed') === 'failed');
  const finished = mine.length - pending.length;
  if (pending.length === 0) return { results, finished, trained: 0, interrupted: false };
  await request.onStart?.(pending, finished);

  const board = makeBoard(pending.length);
  const running = new Map<number, Cell>();
  const pool = poolOf('./worker', import.meta.url, workers);
  let [next, trained, stopped] = [0, 0, false];
  const tick = () => {
    if (request.shouldStop?.()) {
      stopped = true;
      Atomics.store(board, 0, 1);
    }
    request.onTick?.([...running].map(([place, cell]) => ({ cell, share: board[place] / 1000 })));
  };
  const timer = setInterval(tick, millisecondsBetweenTicks);

  /** One cell after the other, until there is none left. */
  const lane = async (): Promise<void> => {
    while (next < pending.length && !stopped) {
      const cell = pending[next++];
      const place = next;
      running.set(place, cell);
      const { id, settings } = cell;
      const result = await attempt(
        pool.run('trainCell', { id, model, settings, backend, data, board, place }),
        cell,
        backend,
      );
      running.delete(place);
      if (!result) return;
      const checked = onSameData(result, request.dataset);
      await writeCell(out, checked);
      results.set(id, checked);
      trained++;
      onResult?.(cell, checked);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, pending.length) }, lane));
  } finally {
    // Also when a result cannot be written: the other lanes must not go on for minutes.
    Atomics.store(board, 0, 1);
    clearInterval(timer);
    await pool.close();
  }
  return { results, finished, trained, interrupted: stopped };
}

/** A cell that fails is a result, too: the others go on. */
async function attempt(
  work: Promise<CellResult | undefined>,
  { id }: Cell,
  backend: CellJob['backend'],
): Promise<CellResult | undefined> {
  try {
    return await work;
  } catch (error) {
    const expected = error instanceof InputError || error instanceof WorkError;
    const message = `${expected ? '' : 'unexpected error: '}${(error as Error).message}`.slice(0, 1000);
    return { id, status: 'failed', message, backend, epochs: 0, seconds: 0, history: [] };
  }
}
