import type { Recipe } from '../model/recipe.ts';

/** The part of a training in which `one-cycle` rises, and the share of the full learning rate it starts with. */
const warmup = 0.25;
const warmupStart = 0.1;

/** From 1 at angle 0 to 0 at angle π. */
const cosineDecay = (angle: number): number => (1 + Math.cos(angle)) / 2;

/**
 * The learning rate of a step.
 *
 * - `none`: constant.
 * - `linear`: falls to 0 in a straight line.
 * - `cosine`: falls to 0 along half a cosine. Loshchilov & Hutter, "SGDR", 2017, without restarts.
 * - `one-cycle`: rises in a straight line for a quarter of the training, then falls to 0 along half a cosine.
 *   Smith & Topin, "Super-Convergence", 2018.
 *
 * @param progress share of the steps that are done: 0 before the first step, 1 after the last
 */
export function learningRateAt(
  { learningRate, decay: schedule }: Pick<Recipe, 'learningRate' | 'decay'>,
  progress: number,
): number {
  switch (schedule) {
    case 'none':
      return learningRate;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return learningRate * cosineDecay(Math.PI * progress);
    case 'one-cycle':
      if (progress < warmup) return learningRate * (warmupStart + ((1 - warmupStart) * progress) / warmup);
      return learningRate * cosineDecay((Math.PI * (progress - warmup)) / (1 - warmup));
  }
}
