/** Memory over many training steps. */
import { expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { models } from '../../../models/index.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { manual } from '../../../src/model/gradients.ts';
import { defaultRecipe } from '../../../src/model/recipe.ts';
import { tf } from '../../../src/utils/tf.ts';
import { train } from '../../../src/training/train.ts';
import { clouds } from '../../helpers/toy.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('4000 training steps on wasm leave the number of tensors unchanged and the heap within 4 MiB', async () => {
  await useBackend('wasm');
  const [features, classes, stepsPerEpoch, epochs] = [64, 10, 10, 400];
  const samples: { tensors: number; heap: number }[] = [];
  let step = 0;
  await train(
    models.mnist.create({ hidden: 16, activation: 'relu', asPrinted: false }),
    { train: clouds(320, { features, classes }) },
    {
      recipe: { ...defaultRecipe, epochs, batchSize: 32, optimizer: 'momentum', learningRate: 0.001 },
      gradients: manual,
      classes,
      recordEvery: epochs,
      onStep() {
        if (++step % 500 !== 0) return;
        collectGarbage();
        samples.push({ tensors: tf.memory().numTensors, heap: process.memoryUsage().heapUsed / 2 ** 20 });
      },
    },
  );
  expect(step).toBe(stepsPerEpoch * epochs);
  // The first sample includes the warm-up.
  const [first, last] = [samples[1], samples.at(-1)!];
  expect(last.tensors).toBe(first.tensors);
  expect(last.heap - first.heap).toBeLessThan(4);
}, 120_000);
