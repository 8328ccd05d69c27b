/** The same training job by TensorFlow.js's Layers: `tf.sequential`, `compile`, then `fit` or `trainOnBatch`. */
import { useBackend, type BackendName } from '../../backend/index.ts';
import { RandomState } from '../../core/random.ts';
import { loadLayersPackage } from '../../core/tf-layers.ts';
import { tf, type Tensor } from '../../core/tf.ts';
import type { Pace } from './pace.ts';
import { usePlainBackend } from './plain-backend.ts';
import type { Assignment } from './protocol.ts';
import { batchesOf, floatRowsOf, initialTensors, toTensors } from './tensors.ts';

export async function runLayers(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend } = assignment;
  await useBackendFor(workload, backend);
  const data = floatRowsOf(workload);
  const { x, y } = toTensors(data.train);
  const validation = data.validation && toTensors(data.validation);
  const { model, scale, about } = await compiled(assignment);
  const stepEnded = async (_: number, logs?: Record<string, number>) => {
    if (pace.stepDone()) await pace.roundOver(logs!.loss * scale);
  };
  const full = workload.batchSize === 'full';
  await pace.begin(about, 'float32');
  await model.fit(x, y, {
    epochs: Number.MAX_SAFE_INTEGER,
    batchSize: full ? workload.rows : Number(workload.batchSize),
    shuffle: !full,
    verbose: 0,
    validationData: validation && [validation.x, validation.y],
    // An epoch of one step ends with its validation.
    callbacks: full ? { onEpochEnd: stepEnded } : { onBatchEnd: stepEnded },
  });
}

/** `trainOnBatch`, called for one batch after the other: no epochs, no callbacks. */
export async function runLayersByBatch(assignment: Assignment, pace: Pace): Promise<void> {
  const { workload, backend, random } = assignment;
  await useBackendFor(workload, backend);
  const data = floatRowsOf(workload);
  const validation = data.validation && toTensors(data.validation);
  const { model, scale, about } = await compiled(assignment);
  await pace.begin(about, 'float32');
  for (const { x, y } of batchesOf(data.train, workload, RandomState.restore(random))) {
    const loss = (await model.trainOnBatch(x, y)) as number;
    if (validation) {
      const held = model.evaluate(validation.x, validation.y, { batchSize: workload.validationRows });
      (held as Tensor).dataSync();
      tf.dispose(held);
    }
    if (pace.stepDone()) await pace.roundOver(loss * scale);
  }
}

/** The package's own wasm backend cannot train convolutions. */
const useBackendFor = ({ filters }: Assignment['workload'], backend: string) =>
  filters ? useBackend(backend as BackendName) : usePlainBackend(backend);

async function compiled(assignment: Assignment) {
  const { features, filters, hidden, outputs, learningRate, loss, l2, rows } = assignment.workload;
  const tfl = await loadLayersPackage();
  const model = tfl.sequential();
  const penalty = () => (l2 > 0 ? tfl.regularizers.l2({ l2: l2 / 2 / rows }) : undefined);
  const add = (units: number, activation: 'sigmoid' | 'softmax') =>
    model.add(
      tfl.layers.dense({
        units,
        ...(model.layers.length === 0 && { inputShape: [features] }),
        activation,
        kernelRegularizer: penalty(),
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
  // Half the sum is the mean times rows/2; Layers has no such loss, and a step costs the same.
  const scale = loss === 'mean' ? 1 : rows / 2;
  model.compile({
    optimizer: tf.train.sgd(learningRate * scale),
    loss: outputs === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy',
  });
  model.setWeights(initialTensors(assignment));
  return { model, scale, about: `TensorFlow.js Layers ${tfl.version_layers}` };
}
