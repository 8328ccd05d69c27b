/**
 * From rows of a dataset to the tensors of a batch: inputs divided by the divisor, labels as targets.
 */
import {
  type Examples,
  type InputArray,
  isLazy,
  isTokens,
  type Labels,
  type TargetScale,
} from './dataset.ts';
import type { Model } from '../model/model.ts';
import { isDoublePrecision, markUnchanging, tensorOf, type Values } from '../utils/tensors.ts';
import { loadDataPackage, type Tensor, tf } from '../utils/tf.ts';

/** Zeros, in the precision of the backend that is in use. */
const emptyValues = (length: number): Values =>
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

/** Puts `from[i] / divisor` to `to[i]`. */
function divide(from: InputArray, to: Values, divisor: number): void {
  if (divisor === 1) to.set(from);
  else if (from instanceof Uint8Array) {
    const quotients = quotientsOf(divisor);
    for (let i = 0; i < to.length; i++) to[i] = quotients[from[i]];
  } else for (let i = 0; i < to.length; i++) to[i] = from[i] / divisor;
}

/** The quotient of each byte: to look one up is faster than to divide. */
function quotientsOf(divisor: number): Float64Array {
  if (tabulated !== divisor) quotients.forEach((_, byte) => (quotients[byte] = byte / divisor));
  tabulated = divisor;
  return quotients;
}
const quotients = new Float64Array(256);
let tabulated: number | undefined;

/** Larger inputs are divided batch by batch: as floats they would take too much memory. */
const maxPrescaledBytes = 2 ** 29;

/**
 * The examples with inputs divided once instead of at every epoch, so that making a batch is only copying. Lazy and very
 * large inputs stay as they are. Either way a batch holds the same numbers.
 */
export function prescale(examples: Examples): Examples {
  const { inputs, divisor } = examples;
  if (
    isLazy(inputs) ||
    isTokens(examples) ||
    inputs.length * emptyValues(0).BYTES_PER_ELEMENT > maxPrescaledBytes
  )
    return examples;
  const ready = emptyValues(inputs.length);
  divide(inputs, ready, divisor);
  return { ...examples, inputs: ready, divisor: 1 };
}

/** Copies rows `order[start] … order[end − 1]`, divided by the divisor, into one array. */
export function gatherInputs(
  { inputs, features, divisor }: Examples,
  order: ArrayLike<number>,
  start: number,
  end: number,
): Values {
  const values = room((end - start) * features);
  for (let i = start; i < end; i++) {
    const from = inputs.subarray(order[i] * features, (order[i] + 1) * features);
    divide(from, values.subarray((i - start) * features, (i - start + 1) * features), divisor);
  }
  return values;
}

/**
 * x: `[rows, features]`; y: `[rows, 1]` for binary models and regressions, one-hot `[rows, classes]` for others. Of tokens
 * both are int32 `[rows, T]`, with T the longest sequence of the batch.
 */
export interface Batch {
  x: Tensor;
  y: Tensor;
  /** The same targets on the host. */
  labels: Labels;
  /** How many targets the loss is the mean over: the rows, or the tokens to be predicted. */
  targets: number;
}

export interface TargetOptions {
  task: Model['task'];
  classes: number;
}

const upload = (values: Values | Int32Array, shape: number[]): Tensor =>
  tf.engine().makeTensor(values as Float32Array, shape, values instanceof Int32Array ? 'int32' : 'float32');

/** Inputs or targets as a model takes them: tokens as int32, numbers in the precision of the backend in use. */
export const tensorFor = (
  { task }: Pick<Model, 'task'>,
  values: ArrayLike<number>,
  shape: number[],
): Tensor =>
  task === 'next-token' ? upload(Int32Array.from(values), shape) : tensorOf(Float64Array.from(values), shape);

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

/** Whether rows of a text share tokens. */
export const overlaps = ({ features, stride = features }: Examples): boolean => stride < features;

/** Enough for a loss of two digits behind the point, and a few seconds' work for the models here. */
const mostScoredTokens = 2 ** 17;

/** Rows of tokens that do not overlap, spread over all of them; all rows where these are few and do not overlap. */
export function rowsApart({ rows, features, stride = features }: Examples): Int32Array {
  const apart = stride < features ? Math.floor(((rows - 1) * stride) / features) + 1 : rows;
  const count = Math.min(apart, Math.ceil(mostScoredTokens / features));
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/** How many targets these rows have: one each, or of tokens those that are to be predicted. */
export function countTargets(examples: Examples, order: ArrayLike<number> = allRows(examples)): number {
  if (!isTokens(examples)) return order.length;
  const { labels, features, stride = features } = examples;
  let targets = 0;
  for (let i = 0; i < order.length; i++) {
    const start = order[i] * stride;
    for (let t = start; t < start + features; t++) if (labels[t] >= 0) targets++;
  }
  return targets;
}

/** Rows of tokens. The columns behind the last target of all rows are left out: nothing depends on them. */
function tokenBatch(
  { inputs, labels: all, features, stride = features }: Examples,
  order: ArrayLike<number>,
  start: number,
  end: number,
): Batch {
  const tokens = inputs as Int16Array;
  let steps = 1;
  for (let i = start; i < end; i++) {
    const row = order[i] * stride;
    for (let t = features - 1; t >= steps; t--) if (all[row + t] >= 0) steps = t + 1;
  }
  const rows = end - start;
  const labels = new Int16Array(rows * steps);
  const x = new Int32Array(rows * steps);
  let targets = 0;
  for (let i = 0; i < rows; i++) {
    const row = order[start + i] * stride;
    for (let t = 0; t < steps; t++) {
      x[i * steps + t] = tokens[row + t];
      labels[i * steps + t] = all[row + t];
      if (all[row + t] >= 0) targets++;
    }
  }
  return {
    x: upload(x, [rows, steps]),
    y: upload(Int32Array.from(labels), [rows, steps]),
    labels,
    targets,
  };
}

/** Rows `order[start] … order[end − 1]` as tensors. The caller disposes them. */
export function makeBatch(
  examples: Examples,
  targets: TargetOptions,
  order: ArrayLike<number> = allRows(examples),
  start = 0,
  end = order.length,
): Batch {
  if (isTokens(examples)) return tokenBatch(examples, order, start, end);
  const inputs = gatherInputs(examples, order, start, end);
  const labels =
    examples.labels instanceof Uint8Array ? new Uint8Array(end - start) : new Float64Array(end - start);
  for (let i = start; i < end; i++) labels[i - start] = examples.labels[order[i]];
  const { values, outputs } = targetsOf(labels, targets, examples.target);
  return {
    x: upload(inputs, [end - start, examples.features]),
    y: upload(values, [end - start, outputs]),
    labels,
    targets: end - start,
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
