/** What a worker thread of the pool can do; plain data in and out. */
export { runTrainingJob } from './training-job.ts';
export { runDigitsProgram } from './digits-program.ts';
export { runTimings } from './timings.ts';
