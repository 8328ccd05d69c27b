import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tf } from '../../../../src/utils/tf.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';
import {
  arrays,
  broadcastPairs,
  doubles,
  expectClose,
  expectSameAsCpu,
  shapes,
  arrayOf,
  tensorOf,
  valuesOf,
} from './support.ts';

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

describe.each(unary)('%s', (_name, op, domain, expected) => {
  test('is right in double precision', () => {
    expectClose(valuesOf(op(doubles(domain))), domain.map(expected), 1e-15);
  });

  test('agrees with the cpu backend', () =>
    expectSameAsCpu(() => op(tf.tensor(domain.map(Math.fround), [domain.length, 1]))));
});

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

describe.each(binary)('%s', (name, op, expected) => {
  // For these, zero divisors are a matter of convention.
  const divides = ['div', 'floorDiv', 'mod', 'atan2'].includes(name);
  const element = fc.integer({ min: divides ? 1 : -48, max: 48 }).map((n) => n / 16);

  test('is right in double precision', () => {
    const a = [0.1, 0.7, 1 / 3, -0.3, 2];
    const b = [0.3, 0.1, 1 / 3, 0.7, -1.1];
    const results = a.map((x, i) => expected(x, b[i]));
    expectClose(valuesOf(op(doubles(a), doubles(b))), results);
  });

  test('broadcasts as the cpu backend does', () =>
    fc.assert(
      fc.asyncProperty(broadcastPairs(element), ([a, b]) =>
        expectSameAsCpu(() => op(tensorOf(a), tensorOf(b))),
      ),
    ));
});

test.each([
  ['row', [2, 3], [3], [11, 22, 33, 14, 25, 36]],
  ['column', [3, 2], [3, 1], [11, 12, 23, 24, 35, 36]],
  ['scalar', [2, 3], [], [11, 12, 13, 14, 15, 16]],
  ['row and column', [3, 1], [1, 3], [11, 21, 31, 12, 22, 32, 13, 23, 33]],
])('add broadcasts a %s', (_name, aShape, bShape, expected) => {
  const size = (shape: number[]) => shape.reduce((n, length) => n * length, 1);
  const a = doubles([1, 2, 3, 4, 5, 6].slice(0, size(aShape)), aShape);
  const b = doubles([10, 20, 30].slice(0, size(bShape)), bShape);
  expect(valuesOf(a.add(b))).toEqual(expected);
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
    const condition = tf.tensor2d([[true], [false]]);
    return tf.where(
      condition,
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor2d([
        [5, 6],
        [7, 8],
      ]),
    );
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

test('unary kernels keep any shape', () =>
  fc.assert(
    fc.asyncProperty(arrays(), (x) => expectSameAsCpu(() => [tensorOf(x).tanh(), tensorOf(x).square()])),
  ));
