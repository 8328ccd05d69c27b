/**
 * The records of a run's epochs, in every file that holds them.
 */
import * as z from 'zod';
import { listOf } from './schemas.ts';

const record = z.object({
  epoch: z.int().min(1),
  loss: z.number(),
  accuracy: z.number(),
  validationLoss: z.number().optional(),
  validationAccuracy: z.number().optional(),
});

const mostRecords = 1e6;

export const historySchema = listOf(record.extend({ seconds: z.number().min(0) }), mostRecords);

/** Without their times. */
export const untimedHistorySchema = listOf(record, mostRecords);
