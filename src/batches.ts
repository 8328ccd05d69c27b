/**
 * From rows on the host to tensors on the backend.
 *
 * Batches are built row by row in typed arrays (25 µs for 100 digits); shuffling, slicing or gathering tensors
 * costs up to a thousand times as much.
 */
import { usualDataMemory, type Examples, type InputArray } from './dataset.ts';
import type { Model } from './model.ts';
import { areStored, rowsAtOnce } from './stored-inputs.ts';
import { isDoublePrecision, markUnchanging, type Values } from './tensors.ts';
import { loadDataPackage, tf, type Tensor } from './tf.ts';

/** x: `[rows, features]`; y: `[rows, 1]` for binary models, one-hot `[rows, classes]` for others. */
export interface Batch {
  x: Tensor;
  y: Tensor;
  /** The same targets on the host. */
  labels: Uint8Array;
}

export interface TargetOptions {
  task: Model['task'];
  classes: number;
}

const emptyValues = (length: number): Values =>
  isDoublePrecision() ? new Float64Array(length) : new Float32Array(length);

/**
 * Where inputs are gathered before they are uploaded. Wasm copies them at once, so one array serves every batch there:
 * new ones cost more in zeros and in garbage than the copying.
 */
function room(length: number): Values {
  if (tf.getBackend() !== 'wasm' || length > mostReused) return emptyValues(length);
  if (reused.length < length) reused = new Float32Array(length);
  return reused.subarray(0, length);
}
const mostReused = 2 ** 20;
let reused = new Float32Array(0);

/** Where bytes from a disk wait to become floats, at once. */
function byteRoom(length: number): Uint8Array {
  if (reusedBytes.length < length) reusedBytes = new Uint8Array(length);
  return reusedBytes.subarray(0, length);
}
let reusedBytes = new Uint8Array(0);

const upload = (values: Values, shape: number[]): Tensor =>
  tf.engine().makeTensor(values as Float32Array, shape, 'float32');

/** How a stretch of inputs becomes what the network sees. */
function scalingOf({ inputs, divisor }: Examples): (from: InputArray, to: Values) => void {
  if (divisor === 1) return (from, to) => to.set(from);
  if (inputs.BYTES_PER_ELEMENT !== 1) {
    return (from, to) => {
      for (let i = 0; i < to.length; i++) to[i] = from[i] / divisor;
    };
  }
  const table = emptyValues(256);
  for (let byte = 0; byte < 256; byte++) table[byte] = byte / divisor;
  return (from, to) => {
    for (let i = 0; i < to.length; i++) to[i] = table[from[i]];
  };
}

/**
 * The examples with inputs that are divided once and not at every epoch, so that a batch is only copied together. What
 * would take more than `dataMemory` bytes that way stays as it is. Either way a batch holds the same numbers.
 */
export function madeReady(examples: Examples, dataMemory = usualDataMemory): Examples {
  const { inputs } = examples;
  if (areStored(inputs)) return examples;
  if (inputs.length * emptyValues(0).BYTES_PER_ELEMENT > dataMemory) return examples;
  const ready = emptyValues(inputs.length);
  scalingOf(examples)(inputs, ready);
  return { ...examples, inputs: ready, divisor: 1 };
}

/** Copies rows `order[start] … order[end − 1]`, divided by the divisor, into one array. */
function gatherInputs(examples: Examples, order: ArrayLike<number>, start: number, end: number): Values {
  const { inputs, features } = examples;
  const scale = scalingOf(examples);
  const values = room((end - start) * features);
  if (areStored(inputs)) {
    const most = rowsAtOnce(features);
    for (let from = start; from < end; from += most) {
      const to = Math.min(from + most, end);
      const bytes = byteRoom((to - from) * features);
      inputs.gather(bytes, features, order, from, to);
      scale(bytes, values.subarray((from - start) * features, (to - start) * features));
    }
    return values;
  }
  for (let i = start; i < end; i++) {
    const to = (i - start) * features;
    scale(
      inputs.subarray(order[i] * features, (order[i] + 1) * features),
      values.subarray(to, to + features),
    );
  }
  return values;
}

function targetsOf(
  labels: Uint8Array,
  { task, classes }: TargetOptions,
): { values: Values; outputs: number } {
  if (task === 'binary') {
    const values = emptyValues(labels.length);
    values.set(labels);
    return { values, outputs: 1 };
  }
  const values = emptyValues(labels.length * classes);
  for (let row = 0; row < labels.length; row++) values[row * classes + labels[row]] = 1;
  return { values, outputs: classes };
}

/** Rows `order[start] … order[end − 1]` as tensors. The caller disposes them. */
export function makeBatch(
  examples: Examples,
  targets: TargetOptions,
  order: ArrayLike<number> = allRows(examples),
  start = 0,
  end = order.length,
): Batch {
  const inputs = gatherInputs(examples, order, start, end);
  const labels = new Uint8Array(end - start);
  for (let i = start; i < end; i++) labels[i - start] = examples.labels[order[i]];
  const { values, outputs } = targetsOf(labels, targets);
  return {
    x: upload(inputs, [end - start, examples.features]),
    y: upload(values, [end - start, outputs]),
    labels,
  };
}

/** All rows as tensors that stay on the backend as they are. The caller disposes them. */
export function keptBatch(examples: Examples, targets: TargetOptions, rows?: ArrayLike<number>): Batch {
  const batch = makeBatch(examples, targets, rows);
  markUnchanging(batch.x);
  markUnchanging(batch.y);
  return batch;
}

export function disposeBatch({ x, y }: Batch): void {
  x.dispose();
  y.dispose();
}

export const allRows = ({ rows }: { rows: number }): Int32Array =>
  Int32Array.from({ length: rows }, (_, i) => i);

/**
 * One epoch of minibatches in the given order, through tfjs-data; the last one may be smaller.
 * The consumer disposes each batch.
 */
export async function* minibatches(
  examples: Examples,
  targets: TargetOptions,
  epoch: { order: Int32Array; batchSize: number; firstBatch?: number },
): AsyncGenerator<Batch> {
  const { order, batchSize, firstBatch = 0 } = epoch;
  const { generator } = await loadDataPackage();
  const dataset = generator(function* () {
    for (let start = firstBatch * batchSize; start < order.length; start += batchSize) {
      const end = Math.min(start + batchSize, order.length);
      yield makeBatch(examples, targets, order, start, end) as never;
    }
  } as never);
  const iterator = await dataset.iterator();
  for (;;) {
    const next = (await iterator.next()) as IteratorResult<Batch, undefined>;
    if (next.done) return;
    yield next.value;
  }
}
