/**
 * Work on all processors: each worker thread has its own TensorFlow.js and does one job after the other. Jobs and
 * what comes of them are plain data.
 */
import '../backend/tensorflow/tensorflow.ts';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { InputError, WorkError } from '../utils/errors.ts';
import { tf } from '../utils/tf.ts';

/** An error's class does not survive the way between threads, so a failure on purpose travels as data. */
export type Answer<Outcome> = { outcome: Outcome } | { failure: 'InputError' | 'WorkError'; message: string };

/** For a worker's file: a job that is to be asked for through {@link WorkerPool}. */
export const answering =
  <Job, Outcome>(work: (job: Job) => Promise<Outcome>) =>
  async (job: Job): Promise<Answer<Outcome>> => {
    // The thread's own TensorFlow.js, so this concerns no program of the user: it prints no advertisement and no warnings.
    tf.enableProdMode();
    try {
      return { outcome: await work(job) };
    } catch (error) {
      if (error instanceof InputError) return { failure: 'InputError', message: error.message };
      if (error instanceof WorkError) return { failure: 'WorkError', message: error.message };
      throw error;
    }
  };

export interface WorkerPool {
  /** @throws InputError, WorkError as the job did */
  run<Job, Outcome>(name: string, job: Job): Promise<Outcome>;
  close(): Promise<void>;
}

/**
 * @param file of the worker, without its extension: `.ts` in a checkout under tsx, `.js` when built
 * @param from `import.meta.url` of who names it
 * @param threads default: as many as there are processors
 */
export function workerPool(file: string, from: string, threads = availableParallelism()): WorkerPool {
  const pool = new Piscina({
    filename: new URL(`${file}${from.endsWith('.ts') ? '.ts' : '.js'}`, from).href,
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 1000,
  });
  return {
    async run<Job, Outcome>(name: string, job: Job): Promise<Outcome> {
      const answer = (await pool.run(job, { name })) as Answer<Outcome>;
      if ('outcome' in answer) return answer.outcome;
      throw new (answer.failure === 'InputError' ? InputError : WorkError)(answer.message);
    },
    // The threads end with the process at the latest; an error of their work matters more.
    close: () => pool.destroy().catch(() => {}),
  };
}
