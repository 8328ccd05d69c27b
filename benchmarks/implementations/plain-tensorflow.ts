/** What the implementations in plain TensorFlow.js share: stock backends, and rows and batches as tensors. */
import { useBackend, type BackendName } from '../../src/backend/index.ts';
import type { Labels } from '../../src/data/dataset.ts';
import type { RandomState } from '../../src/utils/random.ts';
import { loadWasmPackage, tf, type Tensor } from '../../src/utils/tf.ts';
import type { Assignment } from '../pace.ts';
import { examplesOf, standardization, type Workload } from '../workloads.ts';

/** Activates a backend; wasm as its package provides it, without the zoo's kernels. */
export async function useStockBackend(backend: string): Promise<void> {
  if (backend !== 'wasm') {
    await useBackend(backend as BackendName);
    return;
  }
  await loadWasmPackage();
  await tf.setBackend('wasm');
}

/** Rows as programs outside the zoo keep them: floats, and one-hot targets for several classes. */
export interface FloatRows {
  rows: number;
  /** `[rows, features]` */
  inputs: Float32Array;
  /** `[rows, outputs]` */
  targets: Float32Array;
}

export function floatRowsOf(workload: Workload): FloatRows {
  const { rows, inputs, labels, divisor } = examplesOf(workload);
  const { mean, deviation } = workload.filters ? standardization : { mean: 0, deviation: 1 };
  return {
    rows,
    // `Float32Array.from` with a function would hold all numbers as doubles for a while.
    inputs: new Float32Array(inputs.subarray(0)).map((value) => (value / divisor - mean) / deviation),
    targets: workload.outputs === 1 ? Float32Array.from(labels) : oneHot(labels, workload.outputs),
  };
}

function oneHot(labels: Labels, classes: number): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  labels.forEach((label, row) => (targets[row * classes + label] = 1));
  return targets;
}

const toTensors = ({ rows, inputs, targets }: FloatRows): { x: Tensor; y: Tensor } => ({
  x: tf.tensor2d(inputs, [rows, inputs.length / rows]),
  y: tf.tensor2d(targets, [rows, targets.length / rows]),
});

/** Initial weights, in the order of the model's layers: weights, bias, weights, bias. */
export const initialTensors = ({ initial }: Assignment): Tensor[] =>
  Object.values(initial).map(({ shape, values }) => tf.tensor(values, shape));

/** An endless sequence of batches, shuffled in every epoch as the zoo shuffles. Requesting the next one disposes the last. */
export function* batchesOf(
  all: FloatRows,
  { batchSize, features, outputs }: Workload,
  random: RandomState,
): Generator<{ x: Tensor; y: Tensor }> {
  if (batchSize === 'full') {
    const batch = toTensors(all);
    for (;;) yield batch;
  }
  for (;;) {
    const order = random.shuffle(Int32Array.from({ length: all.rows }, (_, i) => i));
    for (let start = 0; start < all.rows; start += batchSize) {
      const rows = Math.min(batchSize, all.rows - start);
      const inputs = new Float32Array(rows * features);
      const targets = new Float32Array(rows * outputs);
      for (let i = 0; i < rows; i++) {
        const row = order[start + i];
        inputs.set(all.inputs.subarray(row * features, (row + 1) * features), i * features);
        targets.set(all.targets.subarray(row * outputs, (row + 1) * outputs), i * outputs);
      }
      const batch = toTensors({ rows, inputs, targets });
      yield batch;
      tf.dispose([batch.x, batch.y]);
    }
  }
}
