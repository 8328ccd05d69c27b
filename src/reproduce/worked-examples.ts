/**
 * The worked examples of document 001, as tensor operations, on the inputs that the document gives.
 */
import { useBackend, type BackendName } from '../backend/index.ts';
import { exactRow } from './compare.ts';
import printed from './printed/001.json' with { type: 'json' };
import byNumPy from './printed/numpy-001.json' with { type: 'json' };
import type { Context } from './context.ts';
import type { ComparedRow, Measurement } from './report.ts';
import { median } from '../utils/math.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf, valuesOf } from '../utils/tensors.ts';
import { type Tensor, tf } from '../utils/tf.ts';

/** σ′(x) = σ(x)·(1 − σ(x)) */
const sigmoidDerivative = (x: Tensor): Tensor => {
  const s = tf.sigmoid(x);
  return tf.sub(s, tf.square(s));
};

/** `[height, width, channels]` → `[height·width·channels, 1]` */
const imageToVector = (image: Tensor): Tensor => tf.reshape(image, [-1, 1]);

/** Every row divided by its length √Σx². */
const normalizeRows = (x: Tensor): Tensor => tf.div(x, tf.sqrt(tf.sum(tf.square(x), 1, true)));

/** Σ|y − ŷ| */
const l1Loss = (predicted: Tensor, y: Tensor): Tensor => tf.sum(tf.abs(tf.sub(y, predicted)));

/** Σ(y − ŷ)² */
const l2Loss = (predicted: Tensor, y: Tensor): Tensor => tf.sum(tf.square(tf.sub(y, predicted)));

/** `[n]`, `[n]` → Σ a·b */
export const dot = (a: Tensor, b: Tensor): Tensor =>
  tf.matMul(tf.reshape(a, [1, -1]), tf.reshape(b, [-1, 1]));

/** `[n]`, `[m]` → `[n, m]` */
export const outer = (a: Tensor, b: Tensor): Tensor =>
  tf.matMul(tf.reshape(a, [-1, 1]), tf.reshape(b, [1, -1]));

const vector = (values: number[], shape = [values.length]): Tensor =>
  tensorOf(Float64Array.from(values), shape);

/** Computed on the current backend. */
export function workedExampleRows({ backend }: Context): ComparedRow[] {
  const rows = (name: string, texts: string[], result: Tensor, kind: ComparedRow['kind'] = 'exact') => {
    const values = valuesOf(result);
    const group = texts.length > 1 ? name : undefined;
    return texts.map((printed, i) => {
      const item = group ? `${name}, entry ${i}` : name;
      return exactRow({ document: '001', item, printed, group, kind }, values[i], backend);
    });
  };
  const { x1, x2, rows: matrix, image } = printed.given;
  tf.engine().startScope();
  try {
    const [a, b] = [vector(x1), vector(x2)];
    const steps = vector([1, 2, 3]);
    const scores = vector([9, 2, 5, 0, 0, 7, 5, 0, 0, 0], [2, 5]);
    const [predicted, y] = [vector([0.9, 0.2, 0.1, 0.4, 0.9]), vector([1, 0, 0, 1, 1])];
    const column = valuesOf(imageToVector(vector(image, [3, 3, 2])));
    return [
      ...rows('sigmoid', byNumPy.sigmoid, tf.sigmoid(steps), 'numpy'),
      ...rows('sigmoid_derivative', byNumPy.sigmoidDerivative, sigmoidDerivative(steps), 'numpy'),
      ...printed.imageVector.map(({ at, value }) =>
        exactRow({ document: '001', item: `image2vector, entry ${at}`, printed: value }, column[at], backend),
      ),
      ...rows('normalize_rows', printed.normalizedRows.flat(), normalizeRows(vector(matrix.flat(), [2, 3]))),
      ...rows('softmax', byNumPy.softmax, tf.softmax(scores), 'numpy'),
      ...rows('L1', [byNumPy.l1], l1Loss(predicted, y), 'numpy'),
      ...rows('L2', [byNumPy.l2], l2Loss(predicted, y), 'numpy'),
      ...rows('dot', [printed.dot], dot(a, b)),
      ...rows('outer', printed.outer.join(' ').split(' '), outer(a, b)),
      ...rows('elementwise multiplication', printed.elementwise.split(' '), tf.mul(a, b)),
    ];
  } finally {
    tf.engine().endScope();
  }
}

const longVectors = { dot: 1_000_000, outer: 1000 };

type Vector = Float32Array;

export function dotByLoop(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export function outerByLoop(a: Vector, b: Vector): Vector {
  const product = new Float32Array(a.length * b.length);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) product[i * b.length + j] = a[i] * b[j];
  }
  return product;
}

export function multiplyByLoop(a: Vector, b: Vector): Vector {
  const product = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) product[i] = a[i] * b[i];
  return product;
}

/** Operations that a worker thread is to time. */
export interface TimingJob {
  backend: BackendName;
}

/**
 * Document 001 times NumPy's vectorized operations against loops. Here: scalar loops in JavaScript against tensor
 * operations, on the document's 15 numbers and on vectors long enough for the difference to show.
 */
export async function runTimings({ backend }: TimingJob, length = longVectors): Promise<Measurement[]> {
  await useBackend(backend);
  const { given, milliseconds } = printed;
  const random = new RandomState(0);
  const drawn = (length: number): Vector => Float32Array.from(random.rand(length));
  const short: Pair = [Float32Array.from(given.x1), Float32Array.from(given.x2)];
  const long: Pair = [drawn(length.dot), drawn(length.dot)];
  const forOuter: Pair = [drawn(length.outer), drawn(length.outer)];
  return [
    measured('dot of 15 numbers', short, dotByLoop, dot, milliseconds.dot),
    measured('outer product of 15 by 15', short, outerByLoop, outer, milliseconds.outer),
    measured('elementwise product of 15', short, multiplyByLoop, tf.mul, milliseconds.elementwise),
    measured('dot of 1 000 000 numbers', long, dotByLoop, dot),
    measured('outer product of 1 000 by 1 000', forOuter, outerByLoop, outer),
    measured('elementwise product of 1 000 000', long, multiplyByLoop, tf.mul),
  ];
}

type Pair = [Vector, Vector];

function measured(
  item: string,
  [a, b]: Pair,
  byLoop: (a: Vector, b: Vector) => unknown,
  byTensors: (a: Tensor, b: Tensor) => Tensor,
  printed?: number,
): Measurement {
  const [x, y] = [tensorOf(a, [a.length]), tensorOf(b, [b.length])];
  const loops = medianMilliseconds(() => byLoop(a, b));
  // Reading the result is part of the work: some backends only queue it until then.
  const tensors = medianMilliseconds(() => tf.tidy(() => valuesOf(byTensors(x, y))[0]));
  tf.dispose([x, y]);
  return { document: '001', item, printed, loops, tensors };
}

/** Median of 15 repeats after three to warm up. */
function medianMilliseconds(work: () => unknown): number {
  const times = Array.from({ length: 18 }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return median(times.slice(3));
}
