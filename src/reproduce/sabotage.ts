/**
 * Mistakes that can be planted in document 000's training, to see whether a reproduction would notice them.
 */
import type { TrainingJob } from './training-job.ts';

export const sabotages = {
  'half-rate': {
    title: 'half the learning rate',
    plant: (job: PointsJob): PointsJob => ({
      ...job,
      recipe: { ...job.recipe, learningRate: job.recipe.learningRate / 2 },
    }),
  },
  'half-epochs': {
    title: 'half the epochs',
    plant: (job: PointsJob): PointsJob => ({
      ...job,
      recipe: { ...job.recipe, epochs: job.recipe.epochs / 2 },
      keep: job.keep.map((epoch) => Math.floor(epoch / 2)),
    }),
  },
  momentum: {
    title: 'momentum of 0.9',
    plant: (job: PointsJob): PointsJob => ({ ...job, recipe: { ...job.recipe, optimizer: 'momentum' } }),
  },
  tanh: {
    title: 'tanh instead of σ in the hidden layer',
    plant: (job: PointsJob): PointsJob => ({ ...job, model: 'tanh-points' }),
  },
  'turned-weight': {
    title: 'last initial weight with the other sign',
    plant: ({ options: { outputWeights, ...options }, ...job }: PointsJob): PointsJob => ({
      ...job,
      options: { ...options, outputWeights: [outputWeights[0], -outputWeights[1]] },
    }),
  },
};

export type SabotageName = keyof typeof sabotages;
export const sabotageNames = Object.keys(sabotages) as SabotageName[];

/** A run of one of the experiments. */
export interface PointsJob extends TrainingJob {
  options: Record<string, number | number[]> & { outputWeights: number[] };
  recipe: NonNullable<TrainingJob['recipe']> & { learningRate: number; epochs: number };
}
