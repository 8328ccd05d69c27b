/** What a worker thread of a sweep does; plain data in and out. */
import { answering } from '../../node/workers.ts';
import * as work from './train-trial.ts';

export const trainTrial = answering(work.trainTrial);
