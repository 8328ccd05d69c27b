/**
 * What the kernels of `@tensorflow/tfjs-backend-wasm` 4.22.0 compute wrongly, each with the smallest program that shows it
 * (`docs/wasm.md`). The right numbers follow from the definitions by hand; the float64 backend must give them, too.
 */
import { describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf, type Tensor, type Tensor4D } from '../../../../src/utils/tf.ts';

const ones = (...shape: number[]) => tf.ones(shape) as never;
/** The numbers from `first` on, in this shape. */
const counted = (first: number, ...shape: number[]) =>
  tf.range(first, first + tf.util.sizeFromShape(shape)).reshape<never>(shape);
const gradient = (f: (x: never) => Tensor, x: Tensor): Tensor =>
  tf.grad((at: Tensor) => f(at as never).sum())(x);

interface Repair {
  run: () => Tensor;
  right: number[];
  /** What the package's kernel gives. */
  stock: number[];
}

const repairs: Record<string, Repair> = {
  'fused.matMul with a transposed operand adds the bias once, not once per 48 columns': {
    run: () => tf.fused.matMul({ a: ones(1, 60), b: ones(1, 60), transposeB: true, bias: tf.fill([1], 10) }),
    right: [70],
    stock: [80],
  },
  'the gradient of maxPool goes to the largest number, also where all are negative': {
    run: () => gradient((x) => tf.maxPool(x, 2, 2, 'valid'), counted(-4, 1, 2, 2, 1)),
    right: [0, 0, 0, 1],
    stock: [1, 0, 0, 0],
  },
  'the gradient of maxPool goes to the first of several largest, as on cpu': {
    run: () => gradient((x) => tf.maxPool(x, 2, 2, 'valid'), ones(1, 2, 2, 1)),
    right: [1, 0, 0, 0],
    stock: [0, 0, 0, 1],
  },
  'maxPool shows that a number is NaN': {
    run: () => tf.maxPool(tf.tensor4d([NaN, 1, 2, 3], [1, 2, 2, 1]), 2, 2, 'valid'),
    right: [NaN],
    stock: [-Infinity],
  },
  'maxPool3d of negative numbers is negative': {
    run: () => tf.maxPool3d(counted(-8, 1, 2, 2, 2, 1), 2, 2, 'valid'),
    right: [-1],
    stock: [1.1754943508222875e-38],
  },
  'the gradient of maxPool3d goes to the largest number, also where all are negative': {
    run: () => gradient((x) => tf.maxPool3d(x, 2, 2, 'valid'), counted(-8, 1, 2, 2, 2, 1)),
    right: [0, 0, 0, 0, 0, 0, 0, 1],
    stock: [1, 0, 0, 0, 0, 0, 0, 0],
  },
  'conv2d, same, with a stride of 2 above a height of 1': {
    run: () => tf.conv2d<Tensor4D>(counted(1, 1, 4, 4, 1), ones(1, 3, 1, 1), 2, 'same'),
    // 1+2+3, 3+4, 9+10+11, 11+12 of the rows 1 … 4 and 9 … 12
    right: [6, 7, 30, 23],
    stock: [0, 0, 0, 0],
  },
  'conv2d, same, with a stride of 3 above a height of 1': {
    run: () => tf.conv2d<Tensor4D>(counted(1, 1, 5, 5, 1), ones(1, 5, 1, 1), 3, 'same'),
    right: [10, 12, 70, 57],
    stock: [0, 0, 0, 0],
  },
  'fused.conv2d, same, with a stride of 2 above a height of 1': {
    run: () =>
      tf.fused.conv2d({ x: counted(1, 1, 4, 4, 1), filter: ones(1, 3, 1, 1), strides: 2, pad: 'same' }),
    right: [6, 7, 30, 23],
    stock: [0, 0, 0, 0],
  },
  'the gradient of conv3d by 1×1×1 reaches all depths': {
    run: () => gradient((x) => tf.conv3d(x, ones(1, 1, 1, 1, 1), 1, 'valid'), ones(1, 3, 1, 1, 1)),
    right: [1, 1, 1],
    stock: [1, 0, 0],
  },
  'the gradient of avgPool, same, shares among the places within, as the mean does': {
    run: () => gradient((x) => tf.avgPool(x, [1, 3], 1, 'same'), ones(1, 1, 3, 1)),
    // Means of 2, 3 and 2 numbers.
    right: [1 / 2 + 1 / 3, 1 / 2 + 1 / 3 + 1 / 2, 1 / 3 + 1 / 2],
    stock: [2 / 3, 1, 2 / 3],
  },
  'the gradient of avgPool3d, same, shares among the places within': {
    run: () => gradient((x) => tf.avgPool3d(x, 2, 1, 'same'), ones(1, 2, 1, 1, 1)),
    right: [1 / 2, 1 / 2 + 1],
    stock: [1 / 8, 1 / 4],
  },
};

describe.each(['wasm', 'float64'] as const)('%s', (backend) => {
  test.each(Object.entries(repairs))('%s', async (_, { run, right, stock }) => {
    await useBackend(backend);
    const values = tf.tidy(() => Array.from(run().dataSync<'float32'>()));
    expect(values).toEqual(right.map((value) => (Number.isNaN(value) ? NaN : expect.closeTo(value, 6))));
    expect(values).not.toEqual(stock);
  });
});
