import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf } from '../../../../src/utils/tf.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';
import { arrays, doubles, expectClose, expectSameAsCpu, reductions, tensorOf, valuesOf } from './support.ts';

beforeEach(() => tf.setBackend('float64'));

type Reduce = (x: Tensor, axes?: number[], keepDims?: boolean) => Tensor;
const ops: [string, Reduce, (values: number[]) => number][] = [
  ['sum', tf.sum, (v) => v.reduce((a, b) => a + b, 0)],
  ['mean', tf.mean, (v) => v.reduce((a, b) => a + b, 0) / v.length],
  ['max', tf.max, (v) => v.toSorted((a, b) => b - a)[0]],
  ['min', tf.min, (v) => v.toSorted((a, b) => a - b)[0]],
  ['prod', tf.prod, (v) => v.reduce((a, b) => a * b, 1)],
];

describe.each(ops)('%s', (_name, op, expected) => {
  const values = [0.1, -0.2, 0.7, 1 / 3, 2, -1.1];
  const x = () => doubles(values, [2, 3]);

  test('over everything, rows, columns, in double precision', () => {
    expectClose(valuesOf(op(x())), [expected(values)]);
    expectClose(valuesOf(op(x(), [1])), [expected(values.slice(0, 3)), expected(values.slice(3))]);
    expectClose(
      valuesOf(op(x(), [0], true)),
      [0, 1, 2].map((i) => expected([values[i], values[i + 3]])),
    );
  });

  test('over any dimensions, as the cpu backend does', () =>
    fc.assert(
      fc.asyncProperty(reductions(), ({ array, axes, keepDims }) =>
        expectSameAsCpu(() => op(tensorOf(array), axes, keepDims)),
      ),
    ));

  test('of integers', () =>
    expectSameAsCpu(() =>
      op(
        tf.tensor2d(
          [
            [-3, -2],
            [-5, -7],
          ],
          undefined,
          'int32',
        ),
        [1],
      ),
    ));

  test('takes NaN over every number', () => {
    expect(valuesOf(op(doubles([1, NaN, 2])))).toEqual([NaN]);
  });
});

/**
 * import numpy as np; r = np.random.RandomState(3)
 * [repr(float(r.rand(n).sum())) for n in (7, 8, 100, 129, 1000, 12288)]
 * r.rand(300, 2).sum(0)
 */
test('sums are those of NumPy, bit for bit', () => {
  const random = new RandomState(3);
  const totals = [7, 8, 100, 129, 1000, 12288].map((n) => valuesOf(doubles(random.rand(n)).sum())[0]);
  expect(totals).toEqual([
    3.9755034230482167, 2.7901155926057983, 48.941543665184206, 61.08936875709959, 514.9976240414708,
    6083.614029374126,
  ]);
  expect(valuesOf(doubles(random.rand(600), [300, 2]).sum(0))).toEqual([
    151.3883931304623, 148.6766956780154,
  ]);
});

test('a long sum does not gather errors', () => {
  const sum = valuesOf(tf.fill([1_000_000], 0.1).sum())[0];
  expect(Math.abs(sum - 100_000)).toBeLessThan(1e-9);
});

test('all and any', () =>
  expectSameAsCpu(() => {
    const x = tf.tensor2d(
      [
        [1, 1],
        [0, 1],
        [0, 0],
      ],
      undefined,
      'bool',
    );
    return [x.all(), x.any(), x.all(1), x.any(1), x.any(0, true)];
  }));

test('argMax and argMin take the first of equals', () => {
  const x = doubles([1, 3, 3, -2, -2, 0], [2, 3]);
  expect(valuesOf(x.argMax(1))).toEqual([1, 2]);
  expect(valuesOf(x.argMin(1))).toEqual([0, 0]);
  expect(valuesOf(x.argMax(0))).toEqual([0, 0, 0]);
});

test('argMax and argMin take the first NaN, as NumPy does', () => {
  const x = doubles([1, NaN, 3, NaN, NaN, -5], [2, 3]);
  expect(valuesOf(x.argMax(1))).toEqual([1, 0]);
  expect(valuesOf(x.argMin(1))).toEqual([1, 0]);
});

test('argMax, argMin, cumsum, cumprod along any dimension', () =>
  fc.assert(
    fc.asyncProperty(
      arrays(undefined, 1).chain((array) => fc.tuple(fc.constant(array), fc.nat(array.shape.length - 1))),
      fc.boolean(),
      fc.boolean(),
      ([array, axis], exclusive, reverse) =>
        expectSameAsCpu(() => {
          const x = tensorOf(array);
          return [
            x.argMax(axis),
            x.argMin(axis),
            x.cumsum(axis, exclusive, reverse),
            tf.cumprod(x, axis, exclusive, reverse),
          ];
        }),
    ),
  ));

describe('softmax', () => {
  test('is right in double precision', () => {
    const z = [0.1, -0.3, 2];
    const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
    expectClose(
      valuesOf(doubles(z, [1, 3]).softmax()),
      z.map((value) => Math.exp(value) / total),
    );
  });

  test('does not overflow', () => {
    expect(valuesOf(doubles([700, 700, -700, 0], [2, 2]).softmax())).toEqual([
      0.5,
      0.5,
      expect.closeTo(Math.exp(-700), 310),
      1,
    ]);
    expect(valuesOf(doubles([1e300, -1e300], [1, 2]).softmax())).toEqual([1, 0]);
  });

  test('and logSoftmax, logSumExp agree with the cpu backend', () =>
    fc.assert(
      fc.asyncProperty(arrays(undefined, 1), (array) =>
        expectSameAsCpu(() => {
          const x = tensorOf(array);
          return [x.softmax(), x.logSoftmax(), x.logSumExp(-1)];
        }),
      ),
    ));
});
