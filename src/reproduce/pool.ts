/**
 * A reproduction's work on all processors.
 */
import { workerPool } from '../workers.ts';
import type { Context } from './types.ts';
import type * as worker from './worker.ts';

export type Workers = Pick<Context, 'run' | 'runDigits' | 'runTimings'> & { close(): Promise<void> };

/** @param onProgress told, after every job, how many of those asked for so far are done */
export function createWorkers(onProgress: (done: number, asked: number) => void): Workers {
  const pool = workerPool('./worker', import.meta.url);
  let asked = 0;
  let done = 0;
  const task =
    <Job, Outcome>(name: keyof typeof worker) =>
    async (job: Job): Promise<Outcome> => {
      asked++;
      return pool.run<Job, Outcome>(name, job).finally(() => onProgress(++done, asked));
    };
  return {
    run: task('runTrainingJob'),
    runDigits: task('runDigitsProgram'),
    runTimings: task('runTimings'),
    close: () => pool.close(),
  };
}
