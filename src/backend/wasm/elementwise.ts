/**
 * The activation at the end of a fused kernel, and a bias that is not a plain row.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../tfjs-core.ts';
import type { Assembly, Pair } from './assembly.ts';

/** The kernels of the activations that fused operations know. */
const activations: Record<string, string> = {
  relu: 'Relu',
  relu6: 'Relu6',
  prelu: 'Prelu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  elu: 'Elu',
};

export interface Activated {
  activation?: string;
  leakyreluAlpha?: number;
}

/** What is left to do with the sums of a fused operation. @param sums are disposed of, if something is */
export function finished(
  { backend }: Assembly,
  sums: TensorInfo,
  { activation = 'linear', leakyreluAlpha = 0.2 }: Activated,
  { bias, alpha }: { bias?: TensorInfo; alpha?: TensorInfo },
): TensorInfo {
  let result = sums;
  const follow = (name: string, further: Record<string, TensorInfo | undefined>, attrs = {}): void => {
    const { kernelFunc } = tf.getKernel(name, 'wasm');
    const inputs = { ...further, x: result, a: result } as Record<string, TensorInfo>;
    const next = kernelFunc({ inputs, backend, attrs }) as TensorInfo;
    backend.disposeData(result.dataId);
    result = next;
  };
  if (bias) follow('Add', { b: bias });
  if (activation !== 'linear') follow(activations[activation], { alpha }, { alpha: leakyreluAlpha });
  return result;
}

/** `undefined` where the shapes need more than that. */
export type Elementwise = (assembly: Assembly, a: TensorInfo, b: TensorInfo) => TensorInfo | undefined;

/** a + factor·b */
export const addScaled =
  (factor: number): Elementwise =>
  (assembly, a, b) =>
    combine(assembly, a, b, assembly.exports.addScaled, factor);

export const add = addScaled(1);
export const subtract = addScaled(-1);

export const multiply: Elementwise = (assembly, a, b) =>
  combine(assembly, a, b, assembly.exports.multiply, 0);

/** The larger of both, or the smaller; NaN where either is NaN. The package's kernels lose a NaN on one side. */
export const extreme =
  (isMaximum: boolean): Elementwise =>
  (assembly, a, b) =>
    combine(assembly, a, b, assembly.exports.extreme, Number(isMaximum));

/** min(max(x, low), high). The package's kernels turn NaN into a limit, so that a training that diverges goes unnoticed. */
export function clip(
  { backend, exports, addressOf }: Assembly,
  x: TensorInfo,
  low: number,
  high: number,
): TensorInfo | undefined {
  if (x.dtype !== 'float32') return undefined;
  const out = backend.makeOutput(x.shape, 'float32');
  exports.clip(addressOf(x), addressOf(out), tf.util.sizeFromShape(x.shape), low, high);
  return out;
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** A view of a tensor's numbers in the memory, until room is asked for. */
export const numbersIn = ({ backend, addressOf }: Assembly, x: TensorInfo) =>
  new arrays[x.dtype as keyof typeof arrays](
    backend.wasm.asm.memory.buffer,
    addressOf(x),
    tf.util.sizeFromShape(x.shape),
  );

/** A function of every element, in JavaScript. @param dtype of the result */
export function elementByElement(
  assembly: Assembly,
  x: TensorInfo,
  operation: (value: number) => number,
  dtype = x.dtype,
): TensorInfo {
  const out = assembly.backend.makeOutput(x.shape, dtype as 'float32');
  const result = numbersIn(assembly, out);
  numbersIn(assembly, x).forEach((value: number, i: number) => (result[i] = operation(value)));
  return out;
}

/**
 * An operation on shapes that broadcast in any way, element by element in JavaScript: for shapes that no other kernel
 * here computes correctly.
 */
export function broadcast(
  assembly: Assembly,
  a: TensorInfo,
  b: TensorInfo,
  operation: (x: number, y: number) => number,
  dtype = a.dtype,
): TensorInfo {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const out = assembly.backend.makeOutput(shape, dtype as 'float32');
  const [result, left, right] = [out, a, b].map((x) => numbersIn(assembly, x));
  const [ofA, ofB] = [repeatedIndex(a.shape, shape), repeatedIndex(b.shape, shape)];
  for (let i = 0; i < result.length; i++) result[i] = operation(left[ofA(i)], right[ofB(i)]);
  return out;
}

/** The index in an operand of this shape for each index of the broadcast shape. */
export function repeatedIndex(
  shape: readonly number[],
  broadcastShape: readonly number[],
): (i: number) => number {
  const lengths = [...new Array<number>(broadcastShape.length - shape.length).fill(1), ...shape];
  const steps = tf.util.computeStrides([...lengths, 1]).map((step, d) => (lengths[d] === 1 ? 0 : step));
  const strides = tf.util.computeStrides([...broadcastShape, 1]);
  return (i) => {
    let index = 0;
    for (let d = 0; d < strides.length; d++) {
      const place = Math.floor(i / strides[d]);
      i -= place * strides[d];
      index += place * steps[d];
    }
    return index;
  };
}

/** @param last argument of the kernel */
function combine(
  { backend, addressOf }: Assembly,
  a: TensorInfo,
  b: TensorInfo,
  kernel: (...args: [...Pair, last: number]) => void,
  last: number,
): TensorInfo | undefined {
  const aligned = align(a, b);
  if (!aligned) return undefined;
  const [shape, rows, columns, aRow, aColumn, bRow, bColumn] = aligned;
  const out = backend.makeOutput(shape, 'float32');
  const [ofA, ofB] = [addressOf(a), addressOf(b)];
  kernel(ofA, aRow, aColumn, ofB, bRow, bColumn, addressOf(out), rows, columns, last);
  return out;
}

/** Both sides as matrices of one size, in which steps of 0 repeat. The shape is that of the result. */
type Aligned = [shape: number[], rows: number, columns: number, ...a: Steps, ...b: Steps];
type Steps = [row: number, column: number];

function align(a: TensorInfo, b: TensorInfo): Aligned | undefined {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
  if (tf.util.arraysEqual(a.shape, b.shape)) return wholly(a.shape, 4, 4);
  if (a.shape.length >= b.shape.length) {
    if (tf.util.sizeFromShape(b.shape) === 1) return wholly(a.shape, 4, 0);
    const steps = repeated(b.shape, a.shape);
    if (steps) return byRows(a.shape, [4 * a.shape[1], 4], steps);
  }
  if (b.shape.length >= a.shape.length) {
    if (tf.util.sizeFromShape(a.shape) === 1) return wholly(b.shape, 0, 4);
    const steps = repeated(a.shape, b.shape);
    if (steps) return byRows(b.shape, steps, [4 * b.shape[1], 4]);
  }
  return undefined;
}

/** All numbers as a single row. */
const wholly = (shape: number[], aColumn: number, bColumn: number): Aligned => [
  shape,
  1,
  tf.util.sizeFromShape(shape),
  0,
  aColumn,
  0,
  bColumn,
];

const byRows = (shape: number[], a: Steps, b: Steps): Aligned => [shape, shape[0], shape[1], ...a, ...b];

/** A row `[n]` or `[1, n]`, or a column `[m, 1]`, within a matrix `[m, n]`. */
function repeated(shape: number[], matrix: number[]): Steps | undefined {
  if (matrix.length !== 2) return undefined;
  const [m, n] = matrix;
  const [rows, columns] = shape.length === 1 ? [1, shape[0]] : shape;
  if (rows === 1 && columns === n) return [0, 4];
  return rows === m && columns === 1 ? [4, 0] : undefined;
}
