/**
 * The inputs of some rows as one array of what the network sees.
 */
import { isLazy, type Examples, type InputArray } from './dataset.ts';
import { scaleBytes } from './scale-bytes.ts';
import { isDoublePrecision, type Values } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';

/** Zeros, in the precision of the backend that is in use. */
export const emptyValues = (length: number): Values =>
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
export function madeReady(examples: Examples): Examples {
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
