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
  /** What the package's kernel gives; empty where it fails, or reads or writes memory that is not its own. */
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
  'the gradient of conv3d by its filter, with a stride of 2': {
    run: () =>
      gradient((filter) => tf.conv3d(counted(1, 1, 2, 2, 2, 1), filter, 2, 'valid'), ones(2, 2, 2, 1, 1)),
    right: [1, 2, 3, 4, 5, 6, 7, 8],
    stock: [1, 0, 0, 0, 0, 0, 0, 0],
  },
  'depthwiseConv2d, same, with a stride of 2 above a width of 1': {
    run: () => tf.depthwiseConv2d<Tensor4D>(counted(1, 1, 4, 4, 1), ones(3, 1, 1, 1), 2, 'same'),
    // 1+5+9, 3+7+11, 9+13, 11+15 of the columns 1 and 3
    right: [15, 21, 22, 26],
    stock: [0, 0, 0, 0],
  },
  'fused.depthwiseConv2d, same, with a stride of 2 above a width of 1': {
    run: () =>
      tf.fused.depthwiseConv2d({
        ...{ x: counted(1, 1, 4, 4, 1), filter: ones(3, 1, 1, 1), strides: 2, pad: 'same' },
      }),
    right: [15, 21, 22, 26],
    stock: [0, 0, 0, 0],
  },
  'matMul repeats each operand along the dimensions that it lacks': {
    run: () => tf.matMul(counted(1, 2, 1, 1, 2), counted(1, 1, 3, 2, 1)),
    right: [5, 11, 17, 11, 25, 39],
    stock: [],
  },
  'prelu takes the alpha of each row where the columns share it': {
    run: () => tf.prelu(tf.tensor2d([-1, -1, -1, -1], [2, 2]), tf.tensor2d([2, 3], [2, 1])),
    right: [-2, -2, -3, -3],
    stock: [-2, -3, -2, -3],
  },
  'relu, relu6, clipByValue, maximum, minimum and sign of NaN are NaN': {
    run: () => {
      const x = tf.tensor1d([NaN]);
      return tf.concat([
        ...[
          x.relu(),
          x.relu6(),
          x.clipByValue(0, 1),
          x.sign(),
          tf.fused.matMul({ a: x.reshape([1, 1]), b: ones(1, 1), activation: 'relu' }).flatten(),
        ],
        ...[tf.maximum(1, x), tf.maximum(x, 1), tf.minimum(1, x), tf.minimum(x, 1)],
      ]);
    },
    right: new Array<number>(9).fill(NaN),
    stock: [NaN, 0, 0, 0, 0, 1, NaN, 1, NaN],
  },
  'reductions over no numbers': {
    run: () => {
      const x = tf.zeros([2, 0]);
      return tf.concat([tf.sum(x), tf.prod(x), tf.max(x), tf.min(x), tf.mean(x)].map((y) => y.reshape([1])));
    },
    right: [0, 1, -Infinity, Infinity, NaN],
    stock: [],
  },
  'reductions along a dimension of no numbers': {
    run: () => tf.concat([tf.sum(tf.zeros([2, 0]), 1), tf.max(tf.zeros([2, 0]), 1)]),
    right: [0, 0, -Infinity, -Infinity],
    stock: [],
  },
  'cumsum along the last dimension, counted from the end': {
    run: () =>
      tf.concat([
        tf.cumsum(counted(1, 2, 2), -1).flatten(),
        tf.tensor1d(tf.cumprod(counted(1, 3), -1).shape),
      ]),
    right: [1, 3, 3, 7, 3],
    stock: [],
  },
  'fused.conv2d with leakyrelu has the slope 0.2 of tf.leakyRelu, unless another is given': {
    run: () =>
      tf.fused.conv2d({
        ...{ x: tf.tensor4d([-1, 1], [1, 1, 2, 1]), filter: ones(1, 1, 1, 1), strides: 1 },
        ...{ pad: 'same', activation: 'leakyrelu' },
      }),
    right: [-0.2, 1],
    stock: [],
  },
  'a fraction is true': {
    run: () => tf.tensor1d([0, 0.5, -0.5, NaN]).cast('bool').cast('float32'),
    right: [0, 1, 1, 1],
    stock: [0, 0, 0, 0],
  },
  'reciprocal, isNaN, relu, clipByValue and cast to bool of integers': {
    run: () => {
      const x = tf.tensor1d([2, -4], 'int32');
      const results = [x.reciprocal(), x.isNaN(), x.relu(), x.clipByValue(0, 1), x.cast('bool')];
      return tf.concat(results.map((result) => result.cast<never>('float32')));
    },
    right: [0.5, -0.25, 0, 0, 2, 0, 1, 0, 1, 1],
    stock: [],
  },
  'where and reverse of truths': {
    run: () => {
      const x = tf.tensor1d([1, 0, 0, 0, 1, 1, 1], 'bool');
      return tf.concat([tf.where(x, x, x.reverse()), x.reverse()]).cast('float32');
    },
    right: [1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1],
    stock: [],
  },
  'dilation2d of negative numbers is negative, and its gradient goes to the largest': {
    run: () => {
      const dilate = (x: never) => tf.dilation2d(x, tf.zeros([2, 2, 1]), 1, 'valid');
      const x = counted(-4, 1, 2, 2, 1);
      return tf.concat([dilate(x), gradient(dilate, x)].map((y) => y.reshape([-1])));
    },
    right: [-1, 0, 0, 0, 1],
    stock: [1.1754943508222875e-38, 0, 0, 0, 0],
  },
  'avgPool and pad keep NaN': {
    run: () =>
      tf.concat([
        tf.avgPool(tf.tensor4d([NaN, 1, 2, 4], [1, 1, 4, 1]), [1, 2], [1, 2], 'valid').flatten(),
        tf.pad(tf.tensor1d([1]), [[1, 0]], NaN),
      ]),
    right: [NaN, 3, NaN, 1],
    stock: [-Infinity, 3, 0, 1],
  },
  'the gradient of resizeBilinear with half-pixel centers': {
    run: () => gradient((x) => tf.image.resizeBilinear(x, [1, 1], false, true), counted(1, 1, 2, 2, 1)),
    right: [0.25, 0.25, 0.25, 0.25],
    stock: [1, 0, 0, 0],
  },
  'the gradient of resizeNearestNeighbor that repeats a row of one pixel, with aligned corners': {
    run: () => gradient((x) => tf.image.resizeNearestNeighbor(x, [3, 2], true), counted(1, 1, 1, 2, 1)),
    right: [3, 3],
    stock: [0, 0],
  },
  'the gradient of einsum': {
    run: () => gradient((x) => tf.einsum('ij,jk->ik', x, counted(1, 2, 3)), ones(2, 2)),
    // Sums of the rows 1 2 3 and 4 5 6.
    right: [6, 15, 6, 15],
    stock: [],
  },
  'a comparison within a gradient': {
    run: () => gradient((x: Tensor) => tf.where(tf.greater(x, 0), x.square(), x), tf.tensor1d([-3, 3])),
    right: [1, 6],
    stock: [],
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

test('wasm takes slices with strides of integers, and argmax pooling of negative numbers', async () => {
  await useBackend('wasm');
  const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4], 'int32');
  const slice = tf.stridedSlice(x, [1, 3], [-3, 0], [-1, -2]);
  expect([slice.dtype, ...slice.dataSync()]).toEqual(['int32', 8, 6, 4, 2]);
  const { result, indexes } = tf.maxPoolWithArgmax<Tensor4D>(counted(-8, 2, 2, 2, 1), 2, 2, 'valid');
  expect([...result.dataSync(), ...indexes.dataSync()]).toEqual([-5, -1, 3, 3]);
});
