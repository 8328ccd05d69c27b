/**
 * Document 001 times NumPy's vectorised operations against loops. Here: scalar loops in JavaScript against tensor
 * operations, on the document's 15 numbers and on vectors long enough for the difference to show.
 */
import { useBackend } from '../backend/index.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf, valuesOf } from '../utils/tensors.ts';
import { tf, type Tensor } from '../utils/tf.ts';
import printed from './printed/001.json' with { type: 'json' };
import type { Measurement, TimingJob } from './types.ts';
import { dot, outer } from './worked-examples.ts';
import { median } from '../utils/math.ts';

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
