/**
 * TensorFlow.js Layers: `tf.sequential`, `compile`, then `trainOnBatch`. `fit` is slower: what it does for each epoch
 * dominates where an epoch is one step.
 */
import { useBackend, type BackendName } from '../../src/backend/index.ts';
import { RandomState } from '../../src/utils/random.ts';
import { tf } from '../../src/utils/tf.ts';
import { loadLayersPackage } from '../../src/utils/tf-layers.ts';
import type { Assignment, Pace } from '../pace.ts';
import { batchesOf, floatRowsOf, initialTensors, useStockBackend } from './plain-tensorflow.ts';

export async function runLayers(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend, random } = assignment;
  // The stock wasm backend cannot train convolutions.
  if (workload.filters) await useBackend(backend as BackendName);
  else await useStockBackend(backend);
  const data = floatRowsOf(workload);
  const model = await compiledModel(assignment);
  await pace.begin();
  for (const { x, y } of batchesOf(data, workload, RandomState.restore(random))) {
    const loss = (await model.trainOnBatch(x, y)) as number;
    if (pace.stepDone()) await pace.roundOver(loss);
  }
}

async function compiledModel(assignment: Assignment) {
  const { features, filters, hidden, outputs, learningRate } = assignment.workload;
  const tfl = await loadLayersPackage();
  const model = tfl.sequential();
  const add = (units: number, activation: 'sigmoid' | 'softmax') =>
    model.add(
      tfl.layers.dense({
        units,
        ...(model.layers.length === 0 && { inputShape: [features] }),
        activation,
      }),
    );
  if (filters) {
    const side = Math.sqrt(features);
    const { conv2d, flatten, maxPooling2d, reshape } = tfl.layers;
    model.add(reshape({ targetShape: [side, side, 1], inputShape: [features] }));
    for (const count of filters) {
      model.add(conv2d({ filters: count, kernelSize: 5, activation: 'relu' }));
      model.add(maxPooling2d({ poolSize: 2 }));
    }
    model.add(flatten());
  }
  if (hidden > 0) add(hidden, 'sigmoid');
  add(outputs, outputs === 1 ? 'sigmoid' : 'softmax');
  model.compile({
    optimizer: tf.train.sgd(learningRate),
    loss: outputs === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  model.setWeights(initialTensors(assignment));
  return model;
}
