/**
 * What a document's reproduction is given: backends, data, and worker threads on all processors.
 */
import { obtain } from '../../datasets/acquire/obtain.ts';
import { published } from '../../datasets/published.ts';
import type { BackendName } from '../backend/index.ts';
import type { DataRequest } from '../data/dataset.ts';
import { workerPool } from '../node/workers.ts';
import { InputError } from '../utils/errors.ts';
import type { DigitsJob, DigitsOutcome } from './document-004-digits.ts';
import type { MicrogptJob, MicrogptOutcome } from './microgpt.ts';
import type { Measurement } from './report.ts';
import type { TrainingJob, TrainingOutcome } from './training-job.ts';
import type { TimingJob } from './worked-examples.ts';
import type * as worker from './worker.ts';

/** What a document's reproduction is given. */
export interface Context {
  backend: BackendName;
  /** For document 000's runs over eight seeds, and what is not compared digit by digit. */
  fastBackend: BackendName;
  data: Omit<DataRequest, 'progress' | 'options' | 'seed'>;
  run(job: TrainingJob): Promise<TrainingOutcome>;
  runDigits(job: DigitsJob): Promise<DigitsOutcome>;
  runMicrogpt(job: MicrogptJob): Promise<MicrogptOutcome>;
  runTimings(job: TimingJob): Promise<Measurement[]>;
  /** Why the published data of a dataset is unavailable; undefined if it is available. */
  missingData(dataset: 'cats' | 'breast-cancer' | 'mnist' | 'names'): Promise<string | undefined>;
}

/**
 * Why the published files of a dataset are unavailable, in one clause; undefined if they are in the data
 * directory, the cache or can be downloaded. Synthetic data cannot reproduce numbers.
 */
export async function missingData(
  dataset: keyof typeof published,
  request: DataRequest,
): Promise<string | undefined> {
  try {
    const obtained = await obtain(published[dataset], request);
    return obtained.source === 'built-in' ? `${dataset}: ${obtained.reason}` : undefined;
  } catch (error) {
    // A data directory may well hold some datasets and lack others.
    if (error instanceof InputError) return `${dataset}: ${error.message}`;
    throw error;
  }
}

export type Workers = Pick<Context, 'run' | 'runDigits' | 'runMicrogpt' | 'runTimings'> & {
  close(): Promise<void>;
};

/**
 * Worker threads on all processors.
 *
 * @param onProgress told, after every job, how many of those asked for so far are done
 */
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
    runMicrogpt: task('runMicrogpt'),
    runTimings: task('runTimings'),
    close: async () => void (await Promise.all([double.close(), single.close()])),
  };
}
