/**
 * Sums, differences and products of two tensors, where both have one shape or one of them is repeated along rows, columns
 * or both. TensorFlow.js's kernels describe every shape in new memory at every call, which takes longer than a small sum,
 * and go through larger ones number by number when a side is repeated.
 */
import type { TensorInfo } from '../../tf.ts';
import type { Assembly, Matrix } from './assembly.ts';

/** `undefined` where the shapes need more than that. */
export type Elementwise = (assembly: Assembly, a: TensorInfo, b: TensorInfo) => TensorInfo | undefined;

export const add: Elementwise = (assembly, a, b) => addScaled(assembly, a, b, 1);
export const subtract: Elementwise = (assembly, a, b) => addScaled(assembly, a, b, -1);

function addScaled(assembly: Assembly, a: TensorInfo, b: TensorInfo, factor: number): TensorInfo | undefined {
  const pair = align(a, b);
  if (!pair) return undefined;
  const { backend, exports, addressOf } = assembly;
  const out = backend.makeOutput(pair.shape, 'float32');
  const [left, right] = [at(addressOf(a), pair.a), at(addressOf(b), pair.b)];
  exports.addScaled(...left, ...right, addressOf(out), pair.rows, pair.columns, factor);
  return out;
}

export const multiply: Elementwise = (assembly, a, b) => {
  const pair = align(a, b);
  if (!pair) return undefined;
  const { backend, exports, addressOf } = assembly;
  const out = backend.makeOutput(pair.shape, 'float32');
  const [left, right] = [at(addressOf(a), pair.a), at(addressOf(b), pair.b)];
  exports.multiply(...left, ...right, addressOf(out), pair.rows, pair.columns);
  return out;
};

type Steps = [row: number, column: number];
const at = (address: number, [row, column]: Steps): Matrix => [address, row, column];

interface Pair {
  /** Of the result. */
  shape: number[];
  rows: number;
  columns: number;
  a: Steps;
  b: Steps;
}

/** Both sides as matrices of one size, in which steps of 0 repeat. */
function align(a: TensorInfo, b: TensorInfo): Pair | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  if (sameShape(a.shape, b.shape)) return wholly(a, [0, 4], [0, 4]);
  if (a.shape.length >= b.shape.length) {
    if (isOne(b)) return wholly(a, [0, 4], [0, 0]);
    const steps = repeated(b.shape, a.shape);
    if (steps) return byRows(a.shape, [4 * a.shape[1], 4], steps);
  }
  if (b.shape.length >= a.shape.length) {
    if (isOne(a)) return wholly(b, [0, 0], [0, 4]);
    const steps = repeated(a.shape, b.shape);
    if (steps) return byRows(b.shape, steps, [4 * b.shape[1], 4]);
  }
  return undefined;
}

const sizeOf = ({ shape }: TensorInfo): number => shape.reduce((size, length) => size * length, 1);
const isOne = (x: TensorInfo): boolean => sizeOf(x) === 1;
const sameShape = (a: number[], b: number[]): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** All numbers as a single row. */
const wholly = (x: TensorInfo, a: Steps, b: Steps): Pair => ({
  shape: x.shape,
  rows: 1,
  columns: sizeOf(x),
  a,
  b,
});

const byRows = (shape: number[], a: Steps, b: Steps): Pair => ({
  shape,
  rows: shape[0],
  columns: shape[1],
  a,
  b,
});

/** A row `[n]` or `[1, n]`, or a column `[m, 1]`, within a matrix `[m, n]`. */
function repeated(shape: number[], matrix: number[]): Steps | undefined {
  if (matrix.length !== 2) return undefined;
  const [m, n] = matrix;
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (rows === 1 && columns === n) return [0, 4];
  return rows === m && columns === 1 ? [4, 0] : undefined;
}
