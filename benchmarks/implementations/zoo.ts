import { useBackend, type BackendName } from '../../src/backend/index.ts';
import { gradientSources } from '../../src/model/gradients.ts';
import { train } from '../../src/training/train.ts';
import { defaultRecipe, recipeFields } from '../../src/model/recipe.ts';
import type { Assignment, Pace } from '../pace.ts';
import { examplesOf, modelOf, trainingSeed } from '../workloads.ts';

/** The zoo's training loop, as `zoo train` uses it, paused between rounds where it would save a checkpoint. */
export async function runZoo({ workload, backend, gradients }: Assignment, pace: Pace): Promise<void> {
  await useBackend(backend as BackendName);
  const { batchSize, classes, lossScale } = workload;
  const learningRate = workload.learningRate / lossScale;
  const recipe = {
    ...defaultRecipe,
    batchSize,
    learningRate,
    seed: trainingSeed,
    epochs: recipeFields.epochs.maximum,
    ...workload.tokens?.recipe,
  };
  let lastLoss = NaN;
  await pace.begin();
  await train(
    modelOf(workload),
    { train: examplesOf(workload) },
    {
      recipe,
      gradients: gradientSources[gradients!],
      classes,
      recordEvery: Infinity,
      onStep: ({ loss }) => (lastLoss = loss / lossScale),
      checkpointDue: () => pace.stepDone(),
      onCheckpoint: () => pace.roundOver(lastLoss),
    },
  );
}
