import type { Recipe } from '../model/recipe.ts';

/** The share of training in which the rate of one cycle rises, and what part of itself it begins with. */
const [rise, beginning] = [0.25, 0.1];

/**
 * The learning rate when a share of training is done (0 … 1): constant, falling in a straight line to 0, along half a cosine
 * (Loshchilov & Hutter, "SGDR", 2017, without restarts), or in one cycle: rising in a straight line for a quarter of the run,
 * then falling along half a cosine (Smith & Topin, "Super-Convergence", 2018).
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
    case 'one-cycle':
      if (done < rise) return learningRate * (beginning + ((1 - beginning) * done) / rise);
      return (learningRate * (1 + Math.cos((Math.PI * (done - rise)) / (1 - rise)))) / 2;
  }
}
