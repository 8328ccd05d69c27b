/**
 * Work on all processors: each worker thread has its own TensorFlow.js and does one job after the other.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { InputError, WorkError } from '../errors.ts';
import type { Context } from './types.ts';
import type { Answer } from './worker.ts';
import type * as worker from './worker.ts';

export type Workers = Pick<Context, 'run' | 'runDigits' | 'runTimings'> & { close(): Promise<void> };

/** @param onProgress told, after every job, how many of those asked for so far are done */
export function createWorkers(onProgress: (done: number, asked: number) => void): Workers {
  const pool = new Piscina({
    // `.ts` in a checkout under tsx, `.js` when built.
    filename: new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url).href,
    maxThreads: availableParallelism(),
    idleTimeout: 1000,
  });
  let asked = 0;
  let done = 0;
  const task =
    <Job, Outcome>(name: keyof typeof worker) =>
    async (job: Job): Promise<Outcome> => {
      asked++;
      const answer = (await pool.run(job, { name })) as Answer<Outcome>;
      onProgress(++done, asked);
      if ('outcome' in answer) return answer.outcome;
      throw new (answer.failure === 'InputError' ? InputError : WorkError)(answer.message);
    };
  return {
    run: task('runTrainingJob'),
    runDigits: task('runDigitsProgram'),
    runTimings: task('runTimings'),
    close: () => pool.destroy(),
  };
}
