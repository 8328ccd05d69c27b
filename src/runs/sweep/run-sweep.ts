/**
 * Trains the trials of a sweep on a pool of worker threads, each trial once, and keeps what comes of each at once.
 */
import type { BackendName } from '../../backend/index.ts';
import type { DataRequest } from '../../data/dataset.ts';
import { InputError, WorkError } from '../../utils/errors.ts';
import { workerPool } from '../../node/workers.ts';
import {
  readTrials,
  writeTrial,
  type TrialResult,
  checkSameSource,
  ofSameSource,
  type SweepSource,
} from './trial-file.ts';
import { distinct, shardOf, type Trial, type Shard } from './trials.ts';
import { makeSharedProgress, type TrialJob } from './train-trial.ts';

export interface SweepRequest {
  model: string;
  trials: Trial[];
  shard?: Shard;
  backend: BackendName;
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own' | 'cacheDir'>;
  /** What the trials are trained on and with at the beginning. */
  source: SweepSource;
  /** An open directory, see `openDirectory`. */
  out: string;
  workers: number;
  /** Called with the trainings that are left, before the first begins. */
  onStart?: (pending: Trial[], finished: number) => void | Promise<void>;
  onResult?: (trial: Trial, result: TrialResult) => void;
  /** Several times a second: how much of each trial under way is done, 0 … 1. */
  onTick?: (running: { trial: Trial; share: number }[]) => void;
  /** Asked several times a second; trials under way are given up, those that are finished stay. */
  shouldStop?: () => boolean;
}

export interface SweepOutcome {
  results: Map<string, TrialResult>;
  /** Trainings of this shard that were there before, and that were done now. */
  finished: number;
  trained: number;
  interrupted: boolean;
}

const millisecondsBetweenTicks = 200;

/** @throws InputError where there are results of other data or another model @throws WorkError where a result cannot be written */
export async function runSweep(request: SweepRequest, poolOf = workerPool): Promise<SweepOutcome> {
  const { model, trials, shard, backend, data, out, workers, onResult } = request;
  const mine = shard ? shardOf(trials, shard) : distinct(trials);
  const results = await readTrials(out);
  checkSameSource(out, results.values(), request.source);
  // What failed for want of memory, say, may succeed now; numbers that diverged would do so again.
  const pending = mine.filter(({ id }) => (results.get(id)?.status ?? 'failed') === 'failed');
  const finished = mine.length - pending.length;
  if (pending.length === 0) return { results, finished, trained: 0, interrupted: false };
  await request.onStart?.(pending, finished);

  const sharedProgress = makeSharedProgress(pending.length);
  const running = new Map<number, Trial>();
  const pool = poolOf('./worker', import.meta.url, workers);
  let [next, trained, stopped] = [0, 0, false];
  const tick = () => {
    if (request.shouldStop?.()) {
      stopped = true;
      Atomics.store(sharedProgress, 0, 1);
    }
    request.onTick?.([...running].map(([place, trial]) => ({ trial, share: sharedProgress[place] / 1000 })));
  };
  const timer = setInterval(tick, millisecondsBetweenTicks);

  /** One trial after the other, until none is left. */
  const lane = async (): Promise<void> => {
    while (next < pending.length && !stopped) {
      const trial = pending[next++];
      const place = next;
      running.set(place, trial);
      const { id, settings } = trial;
      const result = await attempt(
        pool.run('trainTrial', { id, model, settings, backend, data, sharedProgress, place }),
        trial,
        backend,
      );
      running.delete(place);
      if (!result) return;
      const checked = ofSameSource(result, request.source);
      await writeTrial(out, checked);
      results.set(id, checked);
      trained++;
      onResult?.(trial, checked);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(workers, pending.length) }, lane));
  } finally {
    // Also when a result cannot be written: the other lanes must not go on for minutes.
    Atomics.store(sharedProgress, 0, 1);
    clearInterval(timer);
    await pool.close();
  }
  return { results, finished, trained, interrupted: stopped };
}

/** A trial that fails is a result, too: the others go on. */
async function attempt(
  work: Promise<TrialResult | undefined>,
  { id }: Trial,
  backend: TrialJob['backend'],
): Promise<TrialResult | undefined> {
  try {
    return await work;
  } catch (error) {
    const expected = error instanceof InputError || error instanceof WorkError;
    const message = `${expected ? '' : 'unexpected error: '}${(error as Error).message}`.slice(0, 1000);
    return { id, status: 'failed', message, backend, epochs: 0, seconds: 0, history: [] };
  }
}
