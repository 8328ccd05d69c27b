/**
 * Points at which gradients are compared: parameters, inputs and labels that are elements of a field.
 */
import type { FieldBackend } from '../../backend/field/index.ts';
import { activeBackend } from '../../backend/backend-lock.ts';
import { inferSize, initialOf, type ModelSize } from '../points.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { InputError } from '../../utils/errors.ts';
import { RandomState } from '../../utils/random.ts';
import { type Tensor, tf } from '../../utils/tf.ts';

/** The shapes that a proof is about. */
export interface ProofShape {
  features: number;
  classes: number;
  /** Columns of the logits. */
  rows: number;
  parameters: Record<string, number[]>;
}

export interface ProofPoint {
  parameters: Tensors;
  /** `[rows, features]` */
  x: Tensor;
  /** `[rows, 1]` of 0 and 1, or one-hot `[rows, classes]`. */
  y: Tensor;
  /** Dropout masks, for a model that has any. */
  noise: Record<string, Tensor>;
}

/** At kinks: relu′(0), |w|′ at 0. */
const shareOfZeros = 0.25;

/**
 * A random point. With zeros, a quarter of all parameters and inputs are 0, and so is the whole first row: where a bias
 * is 0 as well, a unit's sum is exactly 0.
 */
export function drawPoint(
  backend: FieldBackend,
  model: Model,
  { features, classes, rows, parameters }: ProofShape,
  random: () => number,
  withZeros: boolean,
): ProofPoint {
  const { field } = backend;
  const draw = (shape: number[]): Tensor => {
    const elements = Float64Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
      withZeros && random() < shareOfZeros ? 0 : field.variable(),
    );
    return backend.tensorOf(elements, shape);
  };
  const x = draw([rows, features]);
  return {
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, shape]) => [name, draw(shape)])),
    x: withZeros ? tf.concat([tf.zeros([1, features]), x.slice([1, 0])]) : x,
    y: model.task === 'regression' ? draw([rows, 1]) : drawLabels(backend, model, rows, classes, random),
    noise: drawNoise(backend, model, rows, random),
  };
}

function drawNoise(
  backend: FieldBackend,
  model: Model,
  rows: number,
  random: () => number,
): Record<string, Tensor> {
  const drawn = model.dropoutMasks?.(rows, new RandomState(Math.floor(random() * 2 ** 32))) ?? {};
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, values }]) => [
      name,
      backend.tensorOf(
        values.map((value) => backend.field.constant(value)),
        shape,
      ),
    ]),
  );
}

function drawLabels(
  backend: FieldBackend,
  { task }: Model,
  rows: number,
  classes: number,
  random: () => number,
): Tensor {
  const one = backend.field.constant(1);
  const columns = task === 'binary' ? 1 : classes;
  const y = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * Math.max(2, columns));
    if (columns > 1) y[row * columns + label] = one;
    else if (label === 1) y[row] = one;
  }
  return backend.tensorOf(y, [rows, columns]);
}

/** Enough that a sum over rows differs from any one row, and from twice one. A power of two, so that 1/rows is exact. */
const defaultRows = 4;
const fewRows = 2;

interface ShapeOptions {
  size?: Partial<ModelSize>;
  /** Where trial finds none. */
  otherwise?: ModelSize;
  rows?: number;
}

/**
 * The shapes at which a model is proved: few features, so that it is quick, and no more rows than the sums of every layer
 * can be independent for, which is one more than it has inputs (docs/proof.md, "The bound", 2).
 */
export function shapeOf(model: Model, { size: given, otherwise, rows: givenRows }: ShapeOptions): ProofShape {
  const size = onCpu(() => findSize(model, given, otherwise));
  const shapes = Object.entries(initialOf(model, size)).map(([name, { shape }]) => [name, shape] as const);
  const inputs = shapes
    .filter(([, shape]) => shape.length > 1)
    .map(([, shape]) => tf.util.sizeFromShape(shape.slice(0, -1)));
  const rows = givenRows ?? (Math.min(...inputs) + 1 >= defaultRows ? defaultRows : fewRows);
  return { ...size, rows, parameters: Object.fromEntries(shapes) };
}

function findSize(model: Model, given?: Partial<ModelSize>, otherwise?: ModelSize): ModelSize {
  try {
    return inferSize(model, given);
  } catch (error) {
    if (!otherwise) throw error;
    return inferSize(model, { ...otherwise, ...given });
  }
}

/** The same with the default number of rows, for points that test kinks. */
export const withDefaultRows = (shape: ProofShape): ProofShape => ({
  ...shape,
  rows: Math.max(shape.rows, defaultRows),
});

/** Runs `work` on the cpu backend, which has every kernel; afterwards the backend from before is active again. */
function onCpu<T>(work: () => T): T {
  const before = activeBackend();
  void tf.setBackend('cpu');
  try {
    return work();
  } finally {
    if (before) void tf.setBackend(before);
  }
}

const words = 4;
const digitsPerWord = 8;

/** 32 hexadecimal digits that nobody can foresee. */
export const freshSeed = (): string =>
  Array.from(globalThis.crypto.getRandomValues(new Uint32Array(words)), (word) =>
    word.toString(16).padStart(digitsPerWord, '0'),
  ).join('');

/** Uniform numbers in [0, 1), multiples of 2⁻⁵³. @throws InputError where the seed is not 1 … 32 hexadecimal digits */
export function randomNumbers(seed: string): () => number {
  if (!/^[0-9a-f]{1,32}$/i.test(seed)) {
    throw new InputError(`--seed takes 1 to 32 hexadecimal digits, not "${seed}".`);
  }
  const digits = seed.padStart(words * digitsPerWord, '0');
  const streams = Array.from(
    { length: words },
    (_, i) => new RandomState(parseInt(digits.slice(i * digitsPerWord, (i + 1) * digitsPerWord), 16)),
  );
  // Each begins a number later than the one before, so that the order of the digits matters and equal words do not cancel.
  streams.forEach((stream, i) => Array.from({ length: i }, () => stream.uint32()));
  const uint32 = (): number => streams.reduce((bits, stream) => bits ^ stream.uint32(), 0) >>> 0;
  return () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
}
