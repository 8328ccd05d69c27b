/**
 * Bytes divided by a number, which a step on pixels does eighty thousand times.
 */
import { type Examples, type InputArray, isLazy, type Labels, type TargetScale } from './dataset.ts';
import type { Model } from '../model/model.ts';
import { isDoublePrecision, markUnchanging, type Values } from '../utils/tensors.ts';
import { loadDataPackage, type Tensor, tf } from '../utils/tf.ts';

interface Tables {
  /** The quotient of each byte in float32. */
  single: Float32Array;
  /** Two quotients side by side, by the two bytes that they are of: one look-up and one write for both. */
  double: Float64Array;
}

const tables = new Map<number, Tables>();

function tablesOf(divisor: number): Tables {
  let made = tables.get(divisor);
  if (!made) {
    const single = Float32Array.from({ length: 256 }, (_, byte) => byte / divisor);
    // Made through views of the same memory, so that it is right whichever byte of a word this machine puts first.
    const bytes = new Uint8Array(Uint16Array.from({ length: 2 ** 16 }, (_, word) => word).buffer);
    const pairs = Float32Array.from(bytes, (byte) => single[byte]);
    made = { single, double: new Float64Array(pairs.buffer) };
    tables.set(divisor, made);
  }
  return made;
}

/** Whether two values of an array lie where one of twice the size may. */
const isAligned = ({ byteOffset, BYTES_PER_ELEMENT }: Uint8Array | Float32Array): boolean =>
  byteOffset % (2 * BYTES_PER_ELEMENT) === 0;

/** Puts `from[i] / divisor` to `to[i]`. @param divisor not 0: a pair with a NaN may lose its bits on the way */
export function scaleBytes(from: Uint8Array, to: Values, divisor: number): void {
  if (to instanceof Float64Array) {
    for (let i = 0; i < to.length; i++) to[i] = from[i] / divisor;
    return;
  }
  const { single, double } = tablesOf(divisor);
  let done = 0;
  if (isAligned(from) && isAligned(to)) {
    // Four pairs a round, which V8 makes twice as fast as one.
    const pairs = (to.length >> 3) << 2;
    const words = new Uint16Array(from.buffer, from.byteOffset, pairs);
    const doubles = new Float64Array(to.buffer, to.byteOffset, pairs);
    for (let i = 0; i < pairs; i += 4) {
      doubles[i] = double[words[i]];
      doubles[i + 1] = double[words[i + 1]];
      doubles[i + 2] = double[words[i + 2]];
      doubles[i + 3] = double[words[i + 3]];
    }
    done = 2 * pairs;
  }
  for (let i = done; i < to.length; i++) to[i] = single[from[i]];
}

/** Zeros, in the precision of the backend that is in use. */
export const emptyValues = (length: number): Values =>
  isDoublePrecision() ? new Float64Array(length) : new Float32Array(length);

/**
 * Where inputs are gathered before they are uploaded. Wasm copies them at once, so one array serves every batch there:
 * new ones cost more in zeros and in garbage than the copying.
 */
function room(length: number): Values {
  if (tf.getBackend() !== 'wasm' || length > maxReused) return emptyValues(length);
  if (reused.length < length) reused = new Float32Array(length);
  return reused.subarray(0, length);
}
const maxReused = 2 ** 20;
let reused = new Float32Array(0);

/** Where bytes wait to become floats, which they do before others come. */
function byteRoom(length: number): Uint8Array {
  if (reusedBytes.length < length) reusedBytes = new Uint8Array(length);
  return reusedBytes.subarray(0, length);
}
let reusedBytes = new Uint8Array(0);

/** How a stretch of inputs becomes what the network sees. */
function scalingOf({ inputs, divisor }: Examples): (from: InputArray, to: Values) => void {
  if (divisor === 1) return (from, to) => to.set(from);
  if (inputs.BYTES_PER_ELEMENT !== 1) {
    return (from, to) => {
      for (let i = 0; i < to.length; i++) to[i] = from[i] / divisor;
    };
  }
  return (from, to) => scaleBytes(from as Uint8Array, to, divisor);
}

/** Larger inputs are divided batch by batch: as floats they would take too much memory. */
const maxPrescaledBytes = 2 ** 29;

/**
 * The examples with inputs divided once instead of at every epoch, so that making a batch is only copying. Lazy and very
 * large inputs stay as they are. Either way a batch holds the same numbers.
 */
export function prescale(examples: Examples): Examples {
  const { inputs } = examples;
  if (isLazy(inputs) || inputs.length * emptyValues(0).BYTES_PER_ELEMENT > maxPrescaledBytes) return examples;
  const ready = emptyValues(inputs.length);
  scalingOf(examples)(inputs, ready);
  return { ...examples, inputs: ready, divisor: 1 };
}

const bytesAtOnce = 2 ** 20;

/** Rows of so many values that come to about a megabyte, at least one. */
const rowsAtOnce = (features: number): number => Math.max(1, Math.floor(bytesAtOnce / features));

/** Copies rows `order[start] … order[end − 1]`, divided by the divisor, into one array. */
export function gatherInputs(
  examples: Examples,
  order: ArrayLike<number>,
  start: number,
  end: number,
): Values {
  const { inputs, features } = examples;
  const scale = scalingOf(examples);
  const values = room((end - start) * features);
  if (inputs.BYTES_PER_ELEMENT === 1) {
    // All together: their scaling takes longer than this copying.
    const most = rowsAtOnce(features);
    for (let from = start; from < end; from += most) {
      const to = Math.min(from + most, end);
      const bytes = byteRoom((to - from) * features);
      if (isLazy(inputs)) inputs.gather(bytes, features, order, from, to);
      else copyRows(inputs, bytes, features, order, from, to);
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

function copyRows(
  inputs: InputArray,
  into: Uint8Array,
  features: number,
  order: ArrayLike<number>,
  start: number,
  end: number,
): void {
  for (let i = start; i < end; i++) {
    into.set(inputs.subarray(order[i] * features, (order[i] + 1) * features), (i - start) * features);
  }
}

/** x: `[rows, features]`; y: `[rows, 1]` for binary models and regressions, one-hot `[rows, classes]` for others. */
export interface Batch {
  x: Tensor;
  y: Tensor;
  /** The same targets on the host. */
  labels: Labels;
}

export interface TargetOptions {
  task: Model['task'];
  classes: number;
}

const upload = (values: Values, shape: number[]): Tensor =>
  tf.engine().makeTensor(values as Float32Array, shape, 'float32');

function targetsOf(
  labels: Labels,
  { task, classes }: TargetOptions,
  { mean, scale }: TargetScale = { mean: 0, scale: 1 },
): { values: Values; outputs: number } {
  if (task === 'regression') {
    const values = emptyValues(labels.length);
    for (let row = 0; row < labels.length; row++) values[row] = (labels[row] - mean) / scale;
    return { values, outputs: 1 };
  }
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
  const labels =
    examples.labels instanceof Uint8Array ? new Uint8Array(end - start) : new Float64Array(end - start);
  for (let i = start; i < end; i++) labels[i - start] = examples.labels[order[i]];
  const { values, outputs } = targetsOf(labels, targets, examples.target);
  return {
    x: upload(inputs, [end - start, examples.features]),
    y: upload(values, [end - start, outputs]),
    labels,
  };
}

/** All rows as tensors that stay on the backend as they are. The caller disposes them. */
export function residentBatch(examples: Examples, targets: TargetOptions, rows?: ArrayLike<number>): Batch {
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
  // tfjs-data would put words of its own before the sentence of an error.
  let failure: Error | undefined;
  const dataset = generator(function* () {
    try {
      for (let start = firstBatch * batchSize; start < order.length; start += batchSize) {
        const end = Math.min(start + batchSize, order.length);
        yield makeBatch(examples, targets, order, start, end) as never;
      }
    } catch (error) {
      failure = error as Error;
    }
  } as never);
  const iterator = await dataset.iterator();
  for (;;) {
    const next = (await iterator.next()) as IteratorResult<Batch, undefined>;
    if (failure) throw failure;
    if (next.done) return;
    yield next.value;
  }
}
