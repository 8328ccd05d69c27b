import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf } from '../../../../src/utils/tf.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';
import { arrayOf, doubles, expectClose, expectSameAsCpu, tensorOf, valuesOf } from './support.ts';

beforeEach(() => tf.setBackend('float64'));

type Activation = NonNullable<Parameters<typeof tf.fused.matMul>[0]['activation']>;

const turns = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));
const length = fc.integer({ min: 1, max: 9 });

/** The definition, entry by entry, with A at (row, p) and B at (p, column). */
function definition(
  a: Float64Array,
  b: Float64Array,
  [m, k, n]: [number, number, number],
  [turnA, turnB]: readonly [boolean, boolean],
): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let p = 0; p < k; p++) {
      sum += a[turnA ? p * m + row : row * k + p] * b[turnB ? column * k + p : p * n + column];
    }
    return sum;
  });
}

describe.each(turns)('matMul, transposeA %p, transposeB %p', (turnA, turnB) => {
  test.each<[number, number, number]>([
    [1, 1, 1],
    [2, 3, 4],
    [3, 5, 7],
    [5, 4, 1],
    [1, 6, 5],
    [9, 1, 9],
    [4, 300, 1],
    [7, 20, 11],
  ])('[%i, %i] · [.., %i] is right in double precision', (m, k, n) => {
    const random = new RandomState(m * 100 + n);
    const a = random.randn(m * k);
    const b = random.randn(k * n);
    const product = tf.matMul(
      doubles(a, turnA ? [k, m] : [m, k]),
      doubles(b, turnB ? [n, k] : [k, n]),
      turnA,
      turnB,
    );
    expect(product.shape).toEqual([m, n]);
    expectClose(valuesOf(product), definition(a, b, [m, k, n], [turnA, turnB]), k * 1e-15);
  });

  test.each<[number, number]>([
    [1, 1],
    [2, 3],
    [1, 5],
    [5, 1],
    [9, 40],
    [0, 3],
  ])('[%i, 0] · [0, %i] is all zeros', (m, n) => {
    const product = tf.matMul(
      doubles([], turnA ? [0, m] : [m, 0]),
      doubles([], turnB ? [n, 0] : [0, n]),
      turnA,
      turnB,
    );
    expect(product.shape).toEqual([m, n]);
    expect(valuesOf(product)).toEqual(new Array(m * n).fill(0));
  });

  test('with dimensions before the matrices that broadcast', () =>
    fc.assert(
      fc.asyncProperty(
        fc
          .tuple(length, length, length, fc.constantFrom([[], [3]], [[3], []], [[2], [2]], [[1], [2]]))
          .chain(([m, k, n, [aBatch, bBatch]]) =>
            fc.tuple(
              arrayOf([...aBatch, ...(turnA ? [k, m] : [m, k])]),
              arrayOf([...bBatch, ...(turnB ? [n, k] : [k, n])]),
            ),
          ),
        ([a, b]) => expectSameAsCpu(() => tf.matMul(tensorOf(a), tensorOf(b), turnA, turnB)),
      ),
    ));
});

test('matMul repeats both operands where each lacks a dimension', () => {
  const a = doubles([1, 2, 3, 4], [2, 1, 1, 2]);
  const b = doubles([1, 0, 0, 1, 1, 1], [1, 3, 2, 1]);
  const product = tf.matMul(a, b);
  expect(product.shape).toEqual([2, 3, 1, 1]);
  expect(valuesOf(product)).toEqual([1, 2, 3, 3, 4, 7]);
});

describe('fused.matMul', () => {
  const a = [0.1, 0.2, -0.3, 0.4];
  const b = [1, 2, 3, 4, 5, 6];
  const bias = [0.01, -7, 0.03];

  test.each<[Activation, (z: number) => number]>([
    ['linear', (z) => z],
    ['relu', (z) => (z > 0 ? z : 0)],
    ['relu6', (z) => (z > 6 ? 6 : z > 0 ? z : 0)],
    ['sigmoid', (z) => 1 / (1 + Math.exp(-z))],
    ['elu', (z) => (z > 0 ? z : Math.exp(z) - 1)],
    ['leakyrelu', (z) => (z > 0 ? z : 0.2 * z)],
  ])('with bias and %s', (activation, f) => {
    const fused = tf.fused.matMul({
      a: doubles(a, [2, 2]),
      b: doubles(b, [2, 3]),
      bias: doubles(bias),
      activation,
    });
    const logits = definition(Float64Array.from(a), Float64Array.from(b), [2, 2, 3], [false, false]);
    expectClose(
      valuesOf(fused),
      logits.map((z, i) => f(z + bias[i % 3])),
      1e-15,
    );
  });

  test('agrees with the cpu backend, gradients included', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...turns),
        fc.constantFrom('linear', 'relu', 'sigmoid', 'prelu'),
        fc
          .tuple(length, length, length)
          .chain(([m, k, n]) =>
            fc.tuple(fc.constant([m, k, n]), arrayOf([m * k]), arrayOf([k * n]), arrayOf([n])),
          ),
        ([turnA, turnB], activation, [[m, k, n], aFlat, bFlat, biasFlat]) =>
          expectSameAsCpu(() => {
            const inputs = [
              tensorOf(aFlat).reshape(turnA ? [k, m] : [m, k]),
              tensorOf(bFlat).reshape(turnB ? [n, k] : [k, n]),
              tensorOf(biasFlat),
            ];
            const product = (x: Tensor, y: Tensor, z: Tensor) =>
              tf.fused.matMul({
                a: x,
                b: y,
                bias: z,
                transposeA: turnA,
                transposeB: turnB,
                activation: activation,
                preluActivationWeights: tf.scalar(0.5),
              });
            const [x, y, z] = inputs;
            return [product(x, y, z), ...tf.grads((p, q, r) => product(p, q, r).square().sum())(inputs)];
          }),
      ),
    ));
});
