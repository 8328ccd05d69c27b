/**
 * Train, look at the result, keep the weights, use them.
 *
 *   node examples/train-a-gate.js
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadWeights, models, predict, saveWeights, train } from 'backprop-zoo';

const trained = await train(models.gate, { epochs: 1000, options: { gate: 'or' } });
const { loss, accuracy } = trained.metrics.test;
console.log(`OR after ${trained.epochs} epochs: loss ${loss.toFixed(4)}, accuracy ${accuracy}`);

const directory = await mkdtemp(join(tmpdir(), 'zoo-example-'));
try {
  const file = join(directory, 'or.json');
  await saveWeights(trained, file);
  const gate = await loadWeights(file);
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 1],
  ];
  for (const [i, { label, probabilities }] of (await predict(gate, inputs)).entries()) {
    console.log(
      `${inputs[i].join(' or ')} is ${label}, with probability ${Math.max(...probabilities).toFixed(4)}`,
    );
  }
} finally {
  await rm(directory, { recursive: true });
}
