/** The same training job by TensorFlow.js's Layers: `tf.sequential`, `compile`, `fit`. */
import { useBackend, type BackendName } from '../../backend/index.ts';
import { loadLayersPackage } from '../../core/tf-layers.ts';
import { tf } from '../../core/tf.ts';
import type { Pace } from './pace.ts';
import { usePlainBackend } from './plain-backend.ts';
import type { Assignment } from './protocol.ts';
import { floatRowsOf, initialTensors, toTensors } from './tensors.ts';

export async function runLayers(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend } = assignment;
  const { features, filters, hidden, outputs, batchSize, learningRate, l2, rows } = workload;
  // The package's own wasm backend cannot train convolutions.
  await (filters ? useBackend(backend as BackendName) : usePlainBackend(backend));
  const data = floatRowsOf(workload);
  const { x, y } = toTensors(data.train);
  const validation = data.validation && toTensors(data.validation);

  const tfl = await loadLayersPackage();
  const model = tfl.sequential();
  const penalty = () => (l2 > 0 ? tfl.regularizers.l2({ l2: l2 / 2 / rows }) : undefined);
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
  if (hidden > 0) {
    model.add(
      tfl.layers.dense({
        units: hidden,
        inputShape: [features],
        activation: 'sigmoid',
        kernelRegularizer: penalty(),
      }),
    );
  }
  model.add(
    tfl.layers.dense({
      units: outputs,
      ...(filters ? {} : { inputShape: [features] }),
      activation: outputs === 1 ? 'sigmoid' : 'softmax',
      kernelRegularizer: penalty(),
    }),
  );
  model.compile({
    // Half the sum is the mean times rows/2; Layers has no such loss, and a step costs the same.
    optimizer: tf.train.sgd(workload.loss === 'mean' ? learningRate : (learningRate * rows) / 2),
    loss: outputs === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  model.setWeights(initialTensors(assignment));

  const scale = workload.loss === 'mean' ? 1 : rows / 2;
  const stepEnded = async (_: number, logs?: Record<string, number>) => {
    if (pace.stepDone()) await pace.roundOver(logs!.loss * scale);
  };
  const full = batchSize === 'full';
  await pace.begin(`TensorFlow.js Layers ${tfl.version_layers}`, 'float32');
  await model.fit(x, y, {
    epochs: Number.MAX_SAFE_INTEGER,
    batchSize: full ? rows : batchSize,
    shuffle: !full,
    verbose: 0,
    validationData: validation && [validation.x, validation.y],
    // An epoch of one step ends with its validation.
    callbacks: full ? { onEpochEnd: stepEnded } : { onBatchEnd: stepEnded },
  });
}
