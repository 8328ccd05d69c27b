import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  arrayOf,
  arrays,
  broadcastPairs,
  doubles,
  expectClose,
  expectSameAsCpu,
  reductions,
  shapes,
  tensorOf,
  valuesOf,
} from './support.ts';
import fc from 'fast-check';
import { RandomState } from '../../../../src/utils/random.ts';
import { type Tensor, type Tensor4D, tf } from '../../../../src/utils/tf.ts';

beforeEach(() => tf.setBackend('float64'));

const numbers = [-Math.E, -1, -0.1, 0, 0.1, 1 / 3, 1, 2.5];
const positive = numbers.filter((x) => x > 0);
const within = numbers.filter((x) => Math.abs(x) < 1);

/** The op, where it is defined, and the same function written differently where that is possible. */
const unary: [string, (x: Tensor) => Tensor, number[], (x: number) => number][] = [
  ['abs', (x) => x.abs(), numbers, (x) => (x < 0 ? -x : x)],
  ['acos', (x) => x.acos(), within, (x) => Math.PI / 2 - Math.asin(x)],
  ['acosh', (x) => x.acosh(), [1, 2, 3], (x) => Math.log(x + Math.sqrt(x * x - 1))],
  ['asin', (x) => x.asin(), within, (x) => Math.atan2(x, Math.sqrt(1 - x * x))],
  ['asinh', (x) => x.asinh(), numbers, (x) => Math.sign(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1))],
  ['atan', (x) => x.atan(), numbers, (x) => Math.atan2(x, 1)],
  ['atanh', (x) => x.atanh(), within, (x) => 0.5 * Math.log((1 + x) / (1 - x))],
  ['ceil', (x) => x.ceil(), numbers, (x) => -Math.floor(-x)],
  ['clipByValue', (x) => x.clipByValue(-0.7, 0.7), numbers, (x) => (x < -0.7 ? -0.7 : x > 0.7 ? 0.7 : x)],
  ['cos', (x) => x.cos(), numbers, (x) => 1 - 2 * Math.sin(x / 2) ** 2],
  ['cosh', (x) => x.cosh(), numbers, (x) => (Math.exp(x) + Math.exp(-x)) / 2],
  ['elu', (x) => x.elu(), numbers, (x) => (x > 0 ? x : Math.expm1(x))],
  ['exp', (x) => x.exp(), numbers, (x) => Math.E ** x],
  ['expm1', (x) => x.expm1(), numbers, (x) => Math.exp(x) - 1],
  ['floor', (x) => x.floor(), numbers, (x) => x - (((x % 1) + 1) % 1)],
  ['leakyRelu', (x) => x.leakyRelu(0.3), numbers, (x) => (x < 0 ? 0.3 * x : x)],
  ['log', (x) => x.log(), positive, (x) => -Math.log(1 / x)],
  ['log1p', (x) => x.log1p(), positive, (x) => Math.log(1 + x)],
  ['neg', (x) => x.neg(), numbers, (x) => 0 - x],
  ['reciprocal', (x) => x.reciprocal(), positive, (x) => x ** -1],
  ['relu', (x) => x.relu(), numbers, (x) => (x > 0 ? x : 0)],
  ['relu6', (x) => x.relu6(), [...numbers, 6, 7], (x) => (x > 6 ? 6 : x > 0 ? x : 0)],
  [
    'round',
    (x) => x.round(),
    [-1.5, -0.5, 0.4, 0.5, 1.5, 2.5],
    (x) => 2 * Math.round(x / 2 + (x % 1 === 0.4 ? -0.1 : 0)),
  ],
  ['rsqrt', (x) => x.rsqrt(), positive, (x) => x ** -0.5],
  [
    'selu',
    (x) => x.selu(),
    numbers,
    (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  ],
  ['sigmoid', (x) => x.sigmoid(), numbers, (x) => (1 + Math.tanh(x / 2)) / 2],
  ['sign', (x) => x.sign(), numbers, (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  ['sin', (x) => x.sin(), numbers, (x) => 2 * Math.sin(x / 2) * Math.cos(x / 2)],
  ['sinh', (x) => x.sinh(), numbers, (x) => (Math.exp(x) - Math.exp(-x)) / 2],
  ['softplus', (x) => x.softplus(), numbers, (x) => Math.log(1 + Math.exp(x))],
  ['sqrt', (x) => x.sqrt(), positive, (x) => x ** 0.5],
  ['square', (x) => x.square(), numbers, (x) => x ** 2],
  ['step', (x) => x.step(0.1), numbers, (x) => (x > 0 ? 1 : 0.1)],
  ['tan', (x) => x.tan(), numbers, (x) => Math.sin(x) / Math.cos(x)],
  ['tanh', (x) => x.tanh(), numbers, (x) => Math.expm1(2 * x) / (Math.expm1(2 * x) + 2)],
];

test.each(unary)(
  '%s is right in double precision and agrees with the cpu backend',
  async (_, op, domain, expected) => {
    expectClose(valuesOf(op(doubles(domain))), domain.map(expected), 1e-15);
    await expectSameAsCpu(() => op(tf.tensor(domain.map(Math.fround), [domain.length, 1])));
  },
);

const binary: [string, (a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number][] = [
  ['add', tf.add, (a, b) => a + b],
  ['atan2', tf.atan2, (a, b) => Math.atan2(a, b)],
  ['div', tf.div, (a, b) => a / b],
  ['equal', tf.equal, (a, b) => (a === b ? 1 : 0)],
  ['floorDiv', tf.floorDiv, (a, b) => Math.floor(a / b)],
  ['greater', tf.greater, (a, b) => (a > b ? 1 : 0)],
  ['greaterEqual', tf.greaterEqual, (a, b) => (a < b ? 0 : 1)],
  ['less', tf.less, (a, b) => (a < b ? 1 : 0)],
  ['lessEqual', tf.lessEqual, (a, b) => (a > b ? 0 : 1)],
  ['maximum', tf.maximum, (a, b) => (a > b ? a : b)],
  ['minimum', tf.minimum, (a, b) => (a < b ? a : b)],
  ['mod', tf.mod, (a, b) => a - b * Math.floor(a / b)],
  ['mul', tf.mul, (a, b) => a * b],
  ['notEqual', tf.notEqual, (a, b) => (a === b ? 0 : 1)],
  ['prelu', tf.prelu, (a, b) => (a < 0 ? b * a : a)],
  ['squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2],
  ['sub', tf.sub, (a, b) => a - b],
];

test.each(binary)('%s is right in double precision', (_, op, expected) => {
  const a = [0.1, 0.7, 1 / 3, -0.3, 2];
  const b = [0.3, 0.1, 1 / 3, 0.7, -1.1];
  expectClose(
    valuesOf(op(doubles(a), doubles(b))),
    a.map((x, i) => expected(x, b[i])),
  );
});

test('binary kernels broadcast as on the cpu backend', () => {
  // The results of zero divisors are a matter of convention.
  const operands = fc.constantFrom(...binary).chain(([name, op]) => {
    const divides = ['div', 'floorDiv', 'mod', 'atan2'].includes(name);
    const element = fc.integer({ min: divides ? 1 : -48, max: 48 }).map((n) => n / 16);
    return fc.tuple(fc.constant(op), broadcastPairs(element));
  });
  return fc.assert(
    fc.asyncProperty(operands, ([op, [a, b]]) => expectSameAsCpu(() => op(tensorOf(a), tensorOf(b)))),
    { numRuns: 100 },
  );
});

test('pow, its integer and its fractional powers', () => {
  expectClose(valuesOf(doubles([2, 0.1, 9]).pow(doubles([10, 3, 0.5]))), [1024, 0.1 * 0.1 * 0.1, 3]);
});

test('integers stay integers', async () => {
  const a = { shape: [4], values: [7, -7, 3, 0] };
  const b = { shape: [], values: [2] };
  for (const op of [tf.add, tf.sub, tf.mul, tf.div, tf.maximum, tf.floorDiv]) {
    await expectSameAsCpu(() => op(tensorOf(a, 'int32'), tensorOf(b, 'int32')));
  }
  await expectSameAsCpu(() => [
    tf.neg(tensorOf(a, 'int32')),
    tf.abs(tensorOf(a, 'int32')),
    tf.exp(tensorOf(a, 'int32')),
  ]);
});

test('logic on booleans', () =>
  expectSameAsCpu(() => {
    const a = tf.tensor1d([true, true, false, false]);
    const b = tf.tensor1d([true, false, true, false]);
    return [a.logicalAnd(b), a.logicalOr(b), a.logicalNot(), a.logicalXor(b)];
  }));

test('isNaN, isFinite, isInf', () => {
  const x = doubles([1, NaN, Infinity, -Infinity]);
  expect(valuesOf(x.isNaN())).toEqual([0, 1, 0, 0]);
  expect(valuesOf(x.isFinite())).toEqual([1, 0, 0, 0]);
  expect(valuesOf(x.isInf())).toEqual([0, 0, 1, 1]);
});

test('NaN is never lost', () => {
  const x = doubles([NaN]);
  for (const y of [
    x.relu(),
    x.maximum(0),
    x.minimum(0),
    x.clipByValue(0, 1),
    x.step(),
    x.sign(),
    x.sigmoid(),
  ]) {
    expect(valuesOf(y)).toEqual([NaN]);
  }
});

test('addN and where', () =>
  fc.assert(
    fc.asyncProperty(
      shapes().chain((shape) => fc.tuple(arrayOf(shape), arrayOf(shape), arrayOf(shape))),
      ([a, b, c]) =>
        expectSameAsCpu(() => [
          tf.addN([tensorOf(a), tensorOf(b), tensorOf(c)]),
          tf.where(tensorOf(a).greater(0), tensorOf(b), tensorOf(c)),
        ]),
    ),
  ));

test('where takes a condition for each row', () =>
  expectSameAsCpu(() => {
    const condition = tf.tensor2d([true, false], [2, 1], 'bool');
    return tf.where(condition, tf.range(1, 5).reshape([2, 2]), tf.range(5, 9).reshape([2, 2]));
  }));

// mpmath: [mp.log1p(mp.exp(z)) for z in (-700, -40, -1e-9, 40, 700)], as doubles
const softplusAt: [number, number][] = [
  [-700, 9.859676543759771e-305],
  [-40, 4.248354255291589e-18],
  [-1e-9, 0.6931471800599454],
  [40, 40],
  [700, 700],
];
test.each(softplusAt)('softplus(%p) keeps all its digits', (z, expected) => {
  const [value] = valuesOf(doubles([z]).softplus());
  expect(Math.abs(value / expected - 1)).toBeLessThan(4e-16);
});

test('sigmoid is symmetric, monotonous and never 0 for |z| up to 700', () => {
  const z = Array.from({ length: 1401 }, (_, i) => i - 700);
  const s = valuesOf(doubles(z).sigmoid());
  expect(s.every((value, i) => value > 0 && (i === 0 || value >= s[i - 1]))).toBe(true);
  expectClose(
    s.toReversed(),
    s.map((value) => 1 - value),
  );
  // math.exp(-700) in Python
  expect(s[0]).toBeCloseTo(9.85967654375977e-305, 319);
});

test('unary kernels keep the shape', () =>
  fc.assert(
    fc.asyncProperty(arrays(), (x) => expectSameAsCpu(() => [tensorOf(x).tanh(), tensorOf(x).square()])),
  ));

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
  test('is right in double precision for every shape', () => {
    const side = fc.integer({ min: 0, max: 11 });
    fc.assert(
      fc.property(length, fc.oneof(side, fc.constantFrom(1, 2, 300)), length, (m, k, n) => {
        const random = new RandomState(m * 100 + n);
        const [a, b] = [random.randn(m * k), random.randn(k * n)];
        const [left, right] = [doubles(a, turnA ? [k, m] : [m, k]), doubles(b, turnB ? [n, k] : [k, n])];
        const product = tf.matMul(left, right, turnA, turnB);
        expect(product.shape).toEqual([m, n]);
        expectClose(valuesOf(product), definition(a, b, [m, k, n], [turnA, turnB]), k * 1e-15);
      }),
      { numRuns: 150 },
    );
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
      { numRuns: 10 },
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

type Reduce = (x: Tensor, axes?: number[], keepDims?: boolean) => Tensor;
const ops: [string, Reduce, (values: number[]) => number][] = [
  ['sum', tf.sum, (v) => v.reduce((a, b) => a + b, 0)],
  ['mean', tf.mean, (v) => v.reduce((a, b) => a + b, 0) / v.length],
  ['max', tf.max, (v) => v.toSorted((a, b) => b - a)[0]],
  ['min', tf.min, (v) => v.toSorted((a, b) => a - b)[0]],
  ['prod', tf.prod, (v) => v.reduce((a, b) => a * b, 1)],
];

test.each(ops)('%s is right in double precision over everything, rows and columns', (_, op, expected) => {
  const values = [0.1, -0.2, 0.7, 1 / 3, 2, -1.1];
  const x = doubles(values, [2, 3]);
  expectClose(valuesOf(op(x)), [expected(values)]);
  expectClose(valuesOf(op(x, [1])), [expected(values.slice(0, 3)), expected(values.slice(3))]);
  expectClose(
    valuesOf(op(x, [0], true)),
    [0, 1, 2].map((i) => expected([values[i], values[i + 3]])),
  );
  expect(valuesOf(op(doubles([1, NaN, 2])))).toEqual([NaN]);
});

test('reductions of numbers and integers agree with the cpu backend, over any dimensions', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ops),
      fc.constantFrom('float32', 'int32'),
      reductions(),
      ([, op], dtype, { array, axes, keepDims }) =>
        expectSameAsCpu(() => op(tensorOf(array).cast(dtype), axes, keepDims)),
    ),
    { numRuns: 100 },
  ));

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

test('the error of a long sum stays small', () => {
  const sum = valuesOf(tf.fill([1_000_000], 0.1).sum())[0];
  expect(Math.abs(sum - 100_000)).toBeLessThan(1e-9);
});

test('all and any', () =>
  expectSameAsCpu(() => {
    const x = tf.tensor2d([1, 1, 0, 1, 0, 0], [3, 2], 'bool');
    return [x.all(), x.any(), x.all(1), x.any(1), x.any(0, true)];
  }));

test('argMax and argMin take the first NaN, as NumPy does, or else the first of equals', () => {
  const x = doubles([1, NaN, 3, NaN, NaN, -5, 1, 3, 3, 2, 0, 0], [4, 3]);
  expect(valuesOf(x.argMax(1))).toEqual([1, 0, 1, 0]);
  expect(valuesOf(x.argMin(1))).toEqual([1, 0, 0, 1]);
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
    tf.gather(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([1, 1, 0, 1], [2, 2], 'int32'), 1, 1),
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

test('pictures resized, by their neighbors and by the nearest', () =>
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
    { numRuns: 30 },
  ));

test('the gradient by a pixel is what it adds to the resized picture', () => {
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
    { numRuns: 12 },
  );
});

test.each([
  [true, true],
  [true, false],
  [false, true],
  [false, false],
])('pictures normalized channel by channel; with scale: %s, with offset: %s', (withScale, withOffset) =>
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
