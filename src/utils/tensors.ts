/**
 * Numbers in and out of tensors without losing precision on the way.
 *
 * TensorFlow.js turns JavaScript numbers and arrays into `Float32Array`s before a backend sees them. On the
 * `float64` backend that would spoil the sixteen digits it exists for, so every constant that float32 cannot
 * hold and every array enters through here. (0, 1, ½ and small integers may stay plain.)
 */
import { tf, type Scalar, type Tensor } from './tf.ts';

/** Host numbers, as a backend hands them out. */
export type Values = Float32Array | Float64Array;

/** What a backend may say of itself. */
interface Precision {
  /** Whether it keeps all 53 bits of a number. */
  readonly isDoublePrecision?: boolean;
}

export const isDoublePrecision = (): boolean => (tf.backend() as Precision).isDoublePrecision ?? false;

/** A tensor of `values` (row-major) in the precision of the backend that is in use. */
export function tensorOf(values: Values, shape: number[]): Tensor {
  const stored = isDoublePrecision() ? new Float64Array(values) : new Float32Array(values);
  return tf.engine().makeTensor(stored as Float32Array, shape, 'float32');
}

/** Host copies of data that never changes, by the data's identity on its backend. */
const unchanging = new WeakMap<object, { values?: Values }>();

/**
 * Says that a tensor keeps its values for as long as it lives, as the rows of a dataset do, so that a copy on the host may
 * be kept with it.
 */
export function markUnchanging<T extends Tensor>(tensor: T): T {
  unchanging.set(tensor.dataId, {});
  return tensor;
}

/** The tensor's numbers, row-major: a `Float64Array` on the `float64` backend, else a `Float32Array`. */
export function valuesOf(tensor: Tensor): Values {
  const kept = unchanging.get(tensor.dataId);
  if (!kept) return tensor.dataSync<'float32'>();
  return (kept.values ??= tensor.dataSync<'float32'>());
}

export const scalarOf = (value: number): Scalar => tensorOf(Float64Array.of(value), []) as Scalar;

const constants = new Map<string, Map<number, Scalar>>();
const maxConstants = 64;

/**
 * A scalar that is made once and kept, for factors that every step needs, such as 1/m.
 * Never dispose it. After 64 different values on a backend further ones are fresh tensors, so that nothing grows.
 */
export function constant(value: number): Scalar {
  const backend = tf.getBackend();
  let ofBackend = constants.get(backend);
  if (!ofBackend) constants.set(backend, (ofBackend = new Map<number, Scalar>()));
  const known = ofBackend.get(value);
  if (known && !known.isDisposed) return known;
  const made = scalarOf(value);
  if (ofBackend.size < maxConstants) ofBackend.set(value, tf.keep(made));
  return made;
}
