/**
 * Pieces that the forms of several outputs share. Objects are open: an output may gain fields, never lose one.
 */
import * as z from '../../src/core/schema.ts';
import { backendNames } from '../../src/backend/index.ts';
import { gradientSources } from '../../src/core/gradients/index.ts';

export const count = z.int().check(z.minimum(0));
export const share = z.number().check(z.minimum(0), z.maximum(1));
export const positive = z.number().check(z.minimum(0));
export const optional = z.optional;
export const text = z.string();
export const list = <T extends z.ZodMiniType>(item: T) => z.array(item);
export const form = z.looseObject;
export const byName = <T extends z.ZodMiniType>(value: T) => z.record(z.string(), value);
/** JSON has no infinity and no NaN. */
export const numberOrNull = z.nullable(z.number());

export const backend = z.enum([...backendNames]);
export const gradients = z.enum(Object.keys(gradientSources));
export const optionValues = byName(z.union([text, z.number(), z.boolean(), list(z.number())]));
export const dataset = form({ name: text, source: z.enum(['dir', 'cache', 'download', 'built-in']) });
export const environment = form({ zoo: text, node: text, tfjs: text, platform: text });
export const timing = form({ median: positive, min: positive, max: positive });

const scores = { precision: share, recall: share, f1: share };

const classification = form({
  loss: z.number(),
  accuracy: share,
  confusionMatrix: list(list(count)),
  perClass: list(form({ ...scores, support: count })),
  macro: form(scores),
  weighted: form(scores),
  logLoss: positive,
  brierScore: positive,
  rocAuc: optional(share),
  averagePrecision: optional(share),
  probabilities: optional(list(share)),
});

const regression = form({ loss: z.number(), rmse: positive, mae: positive, r2: z.number() });

/** Of one split, as run.json has them, too; of a model that predicts numbers the latter. */
export const metrics = z.union([classification, regression]);

export const allMetrics = form({ train: metrics, validation: optional(metrics), test: metrics });
