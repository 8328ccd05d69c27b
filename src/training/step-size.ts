import type { Model } from '../model/model.ts';
import { RandomState } from '../utils/random.ts';
import type { Recipe } from '../model/recipe.ts';

/**
 * Million multiply-adds of a forward pass in one step: every weight once for every row of the batch. The backward pass
 * takes about twice as many again, so that steps of equal size take about equally long whatever their shape. (Of
 * convolutions, whose weights are used many times for a row, it counts too few.)
 */
export function stepSize(
  model: Model,
  { rows, features, classes }: { rows: number; features: number; classes: number },
  { batchSize }: Pick<Recipe, 'batchSize'>,
): number {
  const initial = model.initial({ features, classes, random: new RandomState(0) });
  const weights = Object.values(initial).reduce((sum, { values }) => sum + values.length, 0);
  return (weights * (batchSize === 'full' ? rows : Math.min(batchSize, rows))) / 1e6;
}
