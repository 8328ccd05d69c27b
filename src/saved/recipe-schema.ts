/** Recipes as files hold them. */
import { z } from 'zod';
import type { NumberLimits } from '../core/option-values.ts';
import { optimizerNames, type Recipe } from '../core/entry.ts';

/** What each number of a recipe may be, on the command line and in files. */
export const recipeLimits = {
  epochs: { minimum: 1, maximum: 1e7, integer: true },
  batchSize: { minimum: 1, maximum: 1e9, integer: true },
  learningRate: { minimum: 1e-12, maximum: 1e6 },
  seed: { minimum: 0, maximum: 2 ** 32 - 1, integer: true },
  validation: { minimum: 0, maximum: 0.5 },
  patience: { minimum: 0, maximum: 1e7, integer: true },
} satisfies Partial<Record<keyof Recipe, NumberLimits>>;

const number = (key: keyof typeof recipeLimits) => {
  const { minimum, maximum, ...limits } = recipeLimits[key];
  const inRange = z.number().min(minimum).max(maximum);
  return 'integer' in limits ? inRange.int() : inRange;
};

export const recipeSchema: z.ZodType<Recipe> = z.strictObject({
  epochs: number('epochs'),
  batchSize: z.union([z.literal('full'), number('batchSize')]),
  optimizer: z.enum(optimizerNames),
  learningRate: number('learningRate'),
  decay: z.enum(['none', 'linear', 'cosine']),
  seed: number('seed'),
  validation: number('validation'),
  patience: number('patience'),
});
