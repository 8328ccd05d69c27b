/** Surroundings of a reproduction that has no data and computes in this thread. */
import type { BackendName } from '../../src/backend/index.ts';
import { runTrainingJob } from '../../src/reproduce/training-job.ts';
import type { Context } from '../../src/reproduce/context.ts';

export const contextWithoutData = (backend: BackendName): Context => ({
  backend,
  fastBackend: backend,
  data: { data: 'auto', cacheDir: '' },
  run: runTrainingJob,
  runMicrogpt: () => Promise.reject(new Error('there is no data')),
  runDigits: () => Promise.reject(new Error('there is no data')),
  runTimings: () => Promise.resolve([]),
  missingData: (dataset) => Promise.resolve(`${dataset}: not here`),
});
