/**
 * A reproduction's work on all processors.
 */
import { workerPool } from '../node/workers.ts';
import type { Context } from './types.ts';
import type * as worker from './worker.ts';

export type Workers = Pick<Context, 'run' | 'runDigits' | 'runTimings'> & { close(): Promise<void> };

/** @param onProgress told, after every job, how many of those asked for so far are done */
export function createWorkers(onProgress: (done: number, asked: number) => void): Workers {
  // Double precision in threads of its own: V8 slows a loop down for good once it has met arrays of two kinds.
  const [double, single] = [0, 1].map(() => workerPool('./worker', import.meta.url));
  let asked = 0;
  let done = 0;
  const task =
    <Job, Outcome>(name: keyof typeof worker) =>
    async (job: Job): Promise<Outcome> => {
      asked++;
      const pool = (job as { backend?: string }).backend === 'float64' ? double : single;
      return pool.run<Job, Outcome>(name, job).finally(() => onProgress(++done, asked));
    };
  return {
    run: task('runTrainingJob'),
    runDigits: task('runDigitsProgram'),
    runTimings: task('runTimings'),
    close: async () => void (await Promise.all([double.close(), single.close()])),
  };
}
