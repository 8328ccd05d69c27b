/**
 * The records of a run's epochs, in every file that holds them.
 */
import * as z from '../utils/schema.ts';
import { listOf } from './schemas.ts';

const record = z.object({
  epoch: z.int().check(z.minimum(1)),
  loss: z.number(),
  accuracy: z.optional(z.number()),
  validationLoss: z.optional(z.number()),
  validationAccuracy: z.optional(z.number()),
});

const mostRecords = 1e6;

export const historySchema = listOf(
  z.extend(record, { seconds: z.number().check(z.minimum(0)) }),
  mostRecords,
);

/** Without their times. */
export const untimedHistorySchema = listOf(record, mostRecords);
