import type { Recipe } from '../recipe.ts';

/**
 * The learning rate when a share of training is done (0 … 1): constant, falling in a straight line to 0, or along
 * half a cosine (Loshchilov & Hutter, "SGDR", 2017, without restarts).
 */
export function learningRateAt(
  { learningRate, decay }: Pick<Recipe, 'learningRate' | 'decay'>,
  done: number,
): number {
  switch (decay) {
    case 'none':
      return learningRate;
    case 'linear':
      return learningRate * (1 - done);
    case 'cosine':
      return (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
  }
}
