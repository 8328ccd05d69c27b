/** What a worker thread of a sweep does; plain data in and out. */
import { answering } from '../../node/workers.ts';
import * as work from './train-cell.ts';

export const trainCell = answering(work.trainCell);
