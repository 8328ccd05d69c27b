import type { Recipe } from '../model/recipe.ts';

/** The part of a training in which `one-cycle` rises, and the share of the full learning rate it starts with. */
const rise = 0.25;
const riseStart = 0.1;

/** From 1 at angle 0 to 0 at angle π. */
const cosineDecay = (angle: number): number => (1 + Math.cos(angle)) / 2;

/**
 * The learning rate of a step. During the first `warmupSteps` it rises in a straight line; the schedule covers the rest:
 *
 * - `none`: constant.
 * - `linear`: falls to 0 in a straight line.
 * - `cosine`: falls to 0 along half a cosine. Loshchilov & Hutter, "SGDR", 2017, without restarts.
 * - `one-cycle`: rises in a straight line for a quarter of the training, then falls to 0 along half a cosine.
 *   Smith & Topin, "Super-Convergence", 2018.
 *
 * @param step how many steps are done: 0 before the first
 * @param steps of the whole training
 */
export function learningRateAt(
  { learningRate, decay: schedule, warmupSteps }: Pick<Recipe, 'learningRate' | 'decay' | 'warmupSteps'>,
  step: number,
  steps: number,
): number {
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  const progress = (step - warmupSteps) / (steps - warmupSteps);
  switch (schedule) {
    case 'none':
      return learningRate;
    case 'linear':
      return learningRate * (1 - progress);
    case 'cosine':
      return learningRate * cosineDecay(Math.PI * progress);
    case 'one-cycle':
      if (progress < rise) return learningRate * (riseStart + ((1 - riseStart) * progress) / rise);
      return learningRate * cosineDecay((Math.PI * (progress - rise)) / (1 - rise));
  }
}
