import { useBackend, type BackendName } from '../../backend/index.ts';
import { gradientSources } from '../../core/gradients/index.ts';
import { train } from '../../core/training/train.ts';
import { tf } from '../../core/tf.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Pace } from './pace.ts';
import type { Assignment } from './protocol.ts';
import { examplesOf, modelOf, trainingSeed } from './workloads.ts';

/**
 * The zoo's own training loop, as `zoo train` uses it, held between rounds where it would save a checkpoint.
 * Where the workload has validation rows, every epoch is recorded, with the accuracy of the training rows too.
 */
export async function runZoo({ workload, backend, gradients }: Assignment, pace: Pace): Promise<void> {
  await useBackend(backend as BackendName);
  const data = examplesOf(workload);
  const { batchSize, learningRate, classes } = workload;
  const recipe = { ...plainRecipe, batchSize, learningRate, seed: trainingSeed, epochs: Infinity };
  let lastLoss = NaN;
  await pace.begin(`TensorFlow.js ${tf.version_core}`, backend === 'float64' ? 'float64' : 'float32');
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
