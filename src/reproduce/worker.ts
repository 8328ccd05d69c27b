/** What a worker thread of the pool can do; plain data in and out. */
import { answering } from '../node/workers.ts';
import * as digits from './document-004-digits.ts';
import * as sequences from './microgpt.ts';
import * as timings from './worked-examples.ts';
import * as training from './training-job.ts';

export const runTrainingJob = answering(training.runTrainingJob);
export const runDigitsProgram = answering(digits.runDigitsProgram);
export const runMicrogpt = answering(sequences.runMicrogpt);
export const runTimings = answering(timings.runTimings);
