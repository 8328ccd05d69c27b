/** What a worker thread of the pool can do; plain data in and out. */
import { InputError, WorkError } from '../errors.ts';
import * as digits from './digits-program.ts';
import * as timings from './timings.ts';
import * as training from './training-job.ts';

/** An error's class does not survive the way between threads, so a failure on purpose travels as data. */
export type Answer<Outcome> = { outcome: Outcome } | { failure: 'InputError' | 'WorkError'; message: string };

const answering =
  <Job, Outcome>(work: (job: Job) => Promise<Outcome>) =>
  async (job: Job): Promise<Answer<Outcome>> => {
    try {
      return { outcome: await work(job) };
    } catch (error) {
      if (error instanceof InputError) return { failure: 'InputError', message: error.message };
      if (error instanceof WorkError) return { failure: 'WorkError', message: error.message };
      throw error;
    }
  };

export const runTrainingJob = answering(training.runTrainingJob);
export const runDigitsProgram = answering(digits.runDigitsProgram);
export const runTimings = answering(timings.runTimings);
