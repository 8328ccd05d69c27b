import { useBackend, type BackendName } from '../../src/backend/index.ts';
import { gradientSources } from '../../src/core/gradients/index.ts';
import { train } from '../../src/core/training/train.ts';
import { tf } from '../../src/core/tf.ts';
import { plainRecipe } from '../../src/core/recipe.ts';
import type { Assignment, Pace } from '../pace.ts';
import { examplesOf, modelOf, trainingSeed } from '../workloads.ts';

/**
 * The zoo's training loop, as `zoo train` uses it, paused between rounds where it would save a checkpoint.
 * If the workload has validation rows, every epoch is recorded, with the accuracy of the training rows too.
 */
export async function runZoo({ workload, backend, gradients }: Assignment, pace: Pace): Promise<void> {
  await useBackend(backend as BackendName);
  const data = examplesOf(workload);
  const { batchSize, learningRate, classes } = workload;
  const recipe = { ...plainRecipe, batchSize, learningRate, seed: trainingSeed, epochs: Infinity };
  let lastLoss = NaN;
  await pace.begin(`TensorFlow.js ${tf.version_core}`);
  await train(modelOf(workload), data, {
    recipe,
    gradients: gradientSources[gradients!],
    classes,
    recordEvery: data.validation ? 1 : Infinity,
    onStep: ({ loss }) => (lastLoss = loss),
    checkpointDue: () => pace.stepDone(),
    onCheckpoint: () => pace.roundOver(lastLoss),
  });
}
