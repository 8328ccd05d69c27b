import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tf, type Tensor, type Tensor4D } from '../../../../src/utils/tf.ts';
import {
  arrays,
  arrayOf,
  doubles,
  expectClose,
  expectSameAsCpu,
  shapes,
  tensorOf,
  valuesOf,
} from './support.ts';

beforeEach(() => tf.setBackend('float64'));

const withAxis = arrays(undefined, 1).chain((array) =>
  fc.record({ array: fc.constant(array), axis: fc.nat(array.shape.length - 1) }),
);

test('values pass through untouched', () => {
  const values = [0.1, 1 / 3, Math.PI, 1e-300];
  const x = doubles(values, [2, 2]);
  expect(valuesOf(x.clone())).toEqual(values);
  expect(valuesOf(x.reshape([4]))).toEqual(values);
  expect(valuesOf(x.transpose())).toEqual([0.1, Math.PI, 1 / 3, 1e-300]);
  expect(valuesOf(x.cast('float32'))).toEqual(values);
  expect(valuesOf(tf.fill([2], 0.1))).toEqual([0.1, 0.1]);
  expect(valuesOf(tf.concat([x, x], 1))).toEqual([0.1, 1 / 3, 0.1, 1 / 3, Math.PI, 1e-300, Math.PI, 1e-300]);
  expect(valuesOf(tf.linspace(0, 1, 11))[1]).toBe(0.1);
  expect(valuesOf(tf.range(0, 1, 0.1))[1]).toBe(0.1);
});

test('casts', () =>
  expectSameAsCpu(() => {
    const x = tf.tensor1d([-1.7, 0, 0.4, 2.9]);
    return [x.cast('int32'), x.cast('bool'), x.cast('bool').cast('float32'), x.cast('int32').cast('float32')];
  }));

test('transpose by any permutation', () =>
  fc.assert(
    fc.asyncProperty(
      arrays().chain((array) =>
        fc.record({
          array: fc.constant(array),
          order: fc.shuffledSubarray(
            array.shape.map((_, d) => d),
            { minLength: array.shape.length },
          ),
        }),
      ),
      ({ array, order }) => expectSameAsCpu(() => tensorOf(array).transpose(order)),
    ),
  ));

test('slice and pad', () =>
  fc.assert(
    fc.asyncProperty(
      shapes(1).chain((shape) =>
        fc.record({
          array: arrayOf(shape),
          begin: fc.tuple(...shape.map((length) => fc.nat(length - 1))),
          end: fc.tuple(...shape.map((length) => fc.nat(length - 1))),
        }),
      ),
      ({ array, begin, end }) =>
        expectSameAsCpu(() => {
          const start = begin.map((b, d) => Math.min(b, end[d]));
          const size = begin.map((b, d) => Math.abs(b - end[d]) + 1);
          const x = tensorOf(array);
          return [
            x.slice(start, size),
            x.slice([start[0]]),
            x.pad(
              start.map((before, d) => [before, size[d]]),
              0.5,
            ),
          ];
        }),
    ),
  ));

test('tile, expandDims, reverse, split, unstack, stack, concat', () =>
  fc.assert(
    fc.asyncProperty(
      withAxis,
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
      ({ array, axis }, repetitions) =>
        expectSameAsCpu(() => {
          const x = tensorOf(array);
          const length = array.shape[axis];
          return [
            x.tile(repetitions.slice(0, x.rank)),
            x.expandDims(axis),
            x.expandDims(-1),
            x.reverse(axis),
            ...x.split(length, axis),
            ...x.split([1, length - 1], axis),
            ...x.unstack(axis),
            tf.stack([x, x.neg(), x], axis),
            tf.concat([x, x.slice(0, 1).neg(), x], 0),
          ];
        }),
    ),
  ));

test('gather along any dimension, and its gradient', () =>
  fc.assert(
    fc.asyncProperty(
      withAxis.chain(({ array, axis }) =>
        fc.record({
          array: fc.constant(array),
          axis: fc.constant(axis),
          rows: fc.array(fc.nat(array.shape[axis] - 1), { minLength: 1, maxLength: 5 }),
        }),
      ),
      ({ array, axis, rows }) =>
        expectSameAsCpu(() => {
          const indices = tf.tensor1d(rows, 'int32');
          const gradient = tf.grad((x) => x.gather(indices, axis).square().sum());
          return [tensorOf(array).gather(indices, axis), gradient(tensorOf(array))];
        }),
    ),
  ));

test('gather with batches, and a row that is not there', async () => {
  await expectSameAsCpu(() =>
    tf.gather(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor2d(
        [
          [1, 1],
          [0, 1],
        ],
        undefined,
        'int32',
      ),
      1,
      1,
    ),
  );
  await tf.setBackend('float64');
  expect(() => doubles([1, 2]).gather(tf.tensor1d([2], 'int32'))).toThrow('index 2 is not in [0, 1]');
});

test('makers: zeros, ones, fill, range, linspace, oneHot', () =>
  expectSameAsCpu(() => [
    tf.zeros([2, 3]),
    tf.ones([2], 'int32'),
    tf.zerosLike(tf.tensor1d([true], 'bool')),
    tf.onesLike(tf.tensor1d([2.5])),
    tf.fill([2, 2], 7, 'int32'),
    tf.range(0, 5, 2),
    tf.range(5, 0),
    tf.range(0, 3, 1, 'int32'),
    tf.range(1, 1),
    tf.linspace(-1, 1, 5),
    tf.oneHot(tf.tensor1d([2, 0, 7], 'int32'), 3),
    tf.oneHot(tf.tensor2d([[1], [0]], undefined, 'int32'), 2, 0.75, 0.25, 'float32'),
    tf.eye(3),
  ]));

test('reshape infers a length and refuses a wrong size', () => {
  expect(doubles([1, 2, 3, 4]).reshape([-1, 2]).shape).toEqual([2, 2]);
  expect(() => doubles([1, 2, 3]).reshape([2, 2])).toThrow();
});

test('empty tensors', () =>
  expectSameAsCpu(() => {
    const x = tf.zeros([0, 3]);
    return [
      x.add(1),
      x.sum(),
      x.sum(0),
      x.transpose(),
      tf.concat([x, tf.ones([1, 3])]),
      x.matMul(tf.ones([3, 2])),
    ];
  }));

const resized = fc.record({
  shape: fc.tuple(...[2, 5, 5, 2].map((max) => fc.integer({ min: 1, max }))),
  size: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
  where: fc.constantFrom([false, false], [true, false], [false, true]),
});

test('pictures resized, by their neighbours and by the nearest', () =>
  fc.assert(
    fc.asyncProperty(resized, ({ shape, size, where }) =>
      expectSameAsCpu(() => {
        const x = tf.range(0, tf.util.sizeFromShape(shape)).reshape<never>(shape);
        return [
          tf.image.resizeBilinear(x, size, where[0], where[1]),
          tf.image.resizeNearestNeighbor(x, size, where[0], where[1]),
        ];
      }),
    ),
    { numRuns: 60 },
  ));

test('the slope of a pixel is what it adds to the resized picture', () => {
  fc.assert(
    fc.property(resized, ({ shape, size, where: [alignCorners] }) =>
      tf.tidy(() => {
        const count = tf.util.sizeFromShape(shape);
        const factors = tf.range(1, size[0] * size[1] * shape[3] + 1).reshape([1, ...size, shape[3]]);
        for (const resize of [tf.image.resizeBilinear, tf.image.resizeNearestNeighbor]) {
          const weighed = (x: Tensor) =>
            resize(x as Tensor4D, size, alignCorners)
              .mul(factors)
              .sum();
          const upstream = tf.grad(weighed)(tf.zeros(shape));
          const alone = Array.from({ length: count }, (_, i) =>
            valuesOf(weighed(doubles(new Float64Array(count).fill(1, i, i + 1), shape))),
          );
          expect(upstream.shape).toEqual(shape);
          expectClose(valuesOf(upstream), alone.flat(), 1e-13);
        }
      }),
    ),
  );
});

test.each([
  [true, true],
  [true, false],
  [false, true],
  [false, false],
])('pictures normalised channel by channel; with scale: %s, with offset: %s', (withScale, withOffset) =>
  expectSameAsCpu(() => {
    const x = tf.range(0, 24).reshape<never>([2, 2, 2, 3]);
    const [mean, variance] = [tf.tensor1d([1, -2, 3]), tf.tensor1d([4, 0.5, 9])];
    const [offset, scale] = [tf.tensor1d([0.5, 7, -3]), tf.tensor1d([2, -1, 0.25])];
    return [
      tf.batchNorm(x, mean, variance, withOffset ? offset : undefined, withScale ? scale : undefined, 0.5),
      tf.batchNorm(x, mean, variance, withOffset ? offset : undefined, withScale ? scale : undefined),
    ];
  }),
);
