/**
 * The kernels against those of the float64 backend and of TensorFlow.js's own cpu backend: on small whole numbers doubles
 * are exact, so what these compute must be, as an element, what the field computes.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { functionsOf, type Functions } from '../../../../src/backend/field/functions.ts';
import { withField, type Field, type FieldBackend } from '../../../../src/backend/field/index.ts';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';
import { fieldOf } from './support.ts';

registerFloat64Backend();
await tf.setBackend('float64');
afterAll(() => tf.disposeVariables());

const random = new RandomState(4);
/** Whole numbers from −4 to 5 as a tensor. */
const whole = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Array.from(random.randint(-4, 6, size)), shape, 'float32');
};

/** Runs an operation on both backends with the same numbers; results are compared as elements. */
function expectSame(operation: () => Tensor, reference: 'float64' | 'cpu' = 'float64'): void {
  void tf.setBackend(reference);
  const expected = tf.tidy(() => Array.from(operation().dataSync()));
  const [shape, elements, field] = withField(
    fieldOf(),
    (backend: FieldBackend) =>
      tf.tidy(() => {
        const result = operation();
        return [result.shape, Array.from(backend.elementsOf(result)), backend.field] as never;
      }) as unknown as [number[], number[], ReturnType<typeof fieldOf>],
  );
  void tf.setBackend('float64');
  expect(shape.reduce((product, length) => product * length, 1)).toBe(expected.length);
  expect(elements.map((element) => field.value(element))).toEqual(
    expected.map((value) => field.value(field.constant(value))),
  );
}

/** Work on elements in a field, with a function that reads the values of a tensor of elements. */
const onElements = (
  work: (backend: FieldBackend, field: Field, values: (x: Tensor) => number[]) => void,
  structure = {},
): void =>
  withField(fieldOf(structure), (backend) =>
    tf.tidy(() => {
      const { field } = backend;
      work(backend, field, (x) => Array.from(backend.elementsOf(x), (element) => field.value(element)));
    }),
  );

/** The numbers of a tensor, made anew by each backend. */
const again = (tensor: Tensor): (() => Tensor) => {
  const [values, shape] = [Array.from(tensor.dataSync()), tensor.shape];
  return () => tf.tensor(values, shape, 'float32');
};

const a = again(whole(3, 4));
const b = again(whole(3, 4));
const c = again(whole(4, 2));
const row = again(whole(4));
const image = again(whole(2, 5, 5, 2));
const filter = again(whole(3, 2, 2, 3));

describe('computing with fractions', () => {
  test.each([
    ['add', () => a().add(row())],
    ['addN', () => tf.addN([a(), b(), a()])],
    ['sub', () => a().sub(b())],
    ['mul', () => a().mul(row())],
    ['div by powers of two', () => a().div(tf.tensor([1, 2, 4, -8]))],
    ['squaredDifference', () => tf.squaredDifference(a(), b())],
    ['square, neg', () => a().square().neg()],
    ['pow', () => a().pow(tf.scalar(3))],
    ['sum', () => a().sum(0)],
    ['sum, kept', () => a().sum(1, true)],
    ['sum of all', () => a().sum()],
    ['mean over four', () => a().mean(1)],
    ['prod', () => a().prod(1)],
    ['matMul', () => tf.matMul(a(), c())],
    ['matMul, transposed', () => tf.matMul(a(), b(), true, false)],
    ['matMul, transposed on the right', () => tf.matMul(a(), b(), false, true)],
    ['matMul of batches', () => tf.matMul(image(), again(tf.ones([2, 1, 2, 3]))())],
    ['fused.matMul', () => tf.fused.matMul({ a: a(), b: c(), bias: tf.tensor1d([1, -2]) })],
  ] as [string, () => Tensor][])('%s', (_, operation) => expectSame(operation));
});

describe('moving elements', () => {
  test.each([
    ['concat', () => tf.concat([a(), b()], 1)],
    ['stack, unstack', () => tf.stack([tf.unstack(a())[1], row()])],
    ['gather', () => tf.gather(a(), tf.tensor1d([2, 0, 2], 'int32'))],
    ['slice, reverse', () => a().slice([1, 1]).reverse(1)],
    ['split, tile', () => tf.split(a(), 2, 1)[1].tile([2, 1])],
    [
      'pad with a half',
      () =>
        tf.pad(
          a(),
          [
            [1, 0],
            [0, 2],
          ],
          0.5,
        ),
    ],
    ['transpose, reshape', () => a().transpose().reshape([2, 6])],
    ['oneHot, cast', () => tf.cast(tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3), 'float32')],
    ['where', () => tf.where(tf.tensor([true, false, true, false]), row(), row().neg())],
    ['fill, zerosLike, onesLike', () => tf.fill([3, 4], 0.5).add(tf.onesLike(a())).add(tf.zerosLike(a()))],
    ['unsortedSegmentSum', () => tf.unsortedSegmentSum(a() as never, tf.tensor1d([1, 0, 1], 'int32'), 2)],
    ['range, linspace', () => tf.range(0, 4).add(tf.linspace(0, 3, 4))],
  ] as [string, () => Tensor][])('%s', (_, operation) => expectSame(operation));
});

describe('convolution and pooling', () => {
  test.each([
    ['conv2d, valid', () => tf.conv2d(image() as never, filter() as never, 1, 'valid')],
    ['conv2d, same, stride 2', () => tf.conv2d(image() as never, filter() as never, 2, 'same')],
    ['avgPool', () => tf.avgPool(image() as never, 2, 1, 'valid')],
    ...[0, 1].map((which) => [
      `gradient ${which} of conv2d`,
      () =>
        tf.grads((x, w) => tf.square(tf.conv2d(x as never, w as never, 1, 'same')))([image(), filter()])[
          which
        ],
    ]),
    ['gradient of avgPool', () => tf.grad((x) => tf.square(tf.avgPool(x as never, 2, 2, 'valid')))(image())],
    ['conv2d, steps of 1 and 2', () => tf.conv2d(image() as never, filter() as never, [1, 2], 'same')],
    ['conv2d, with holes', () => tf.conv2d(image() as never, filter() as never, 1, 'valid', 'NHWC', [1, 2])],
    ['conv2d, padded by 1', () => tf.conv2d(image() as never, tf.slice(filter(), 0, 2) as never, 1, 1)],
    ...[0, 1].map((which) => [
      `gradient ${which} of conv2d with steps of 2`,
      () =>
        tf.grads((x, w) => tf.square(tf.conv2d(x as never, w as never, [2, 1], 'same')))([image(), filter()])[
          which
        ],
    ]),
    [
      'gradient of avgPool, windows that overlap',
      () => tf.grad((x) => tf.square(tf.avgPool(x as never, [2, 4], 1, 'valid')))(image()),
    ],
    [
      'gradient of maxPool',
      () => tf.grad((x) => tf.mul(tf.maxPool(x as never, 2, 1, 'same'), 3))(tf.zeros([2, 3, 4, 2])),
    ],
  ] as [string, () => Tensor][])('%s', (_, operation) => expectSame(operation, 'cpu'));

  test('of equal numbers in a window the first is the largest, and has all of the slope', () => {
    const tied = (): Tensor => tf.tensor4d([0, 0, 0, 0], [1, 2, 2, 1]);
    expectSame(() => tf.grad((x) => tf.mul(tf.maxPool(x as never, 2, 2, 'valid'), 3))(tied()), 'cpu');
  });

  test('a maximum is one of its window', () => {
    onElements((backend, field) => {
      const elements = Float64Array.from({ length: 16 }, () => field.variable());
      const pooled = tf.maxPool(backend.tensorOf(elements, [1, 4, 4, 1]) as never, 2, 2, 'valid');
      backend.elementsOf(pooled).forEach((element, i) => {
        const [top, left] = [2 * Math.floor(i / 2), 2 * (i % 2)];
        const window = [0, 1, 4, 5].map((step) => elements[4 * top + left + step]);
        expect(window).toContain(element);
      });
    });
  });
});

describe('signs', () => {
  test('relu, step, abs, leakyRelu, elu, clip and comparisons follow from the sign', () => {
    onElements((backend, field, values) => {
      const elements = Float64Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : field.variable()));
      const x = backend.tensorOf(elements, [20]);
      const own = values(x);
      const signs = Array.from(elements, (element) => field.sign(element));
      expect(values(x.relu())).toEqual(own.map((value, i) => (signs[i] > 0 ? value : 0)));
      expect(values(x.step())).toEqual(signs.map((sign) => (sign > 0 ? 1 : 0)));
      expect(values(x.abs())).toEqual(values(x.mul(x.sign())));
      expect(values(tf.maximum(x, tf.scalar(0)))).toEqual(values(x.relu()));
      expect(values(x.clipByValue(0, Infinity).mul(0))).toHaveLength(20);
      expect(Array.from(x.greater(0).dataSync())).toEqual(signs.map((sign) => Number(sign > 0)));
      expect(Array.from(x.lessEqual(0).dataSync())).toEqual(signs.map((sign) => Number(sign <= 0)));
      expect(Array.from(x.equal(x).dataSync())).toEqual(signs.map(() => 1));
      expect(Array.from(x.cast('bool').dataSync())).toEqual(signs.map((sign) => Math.abs(sign)));
    });
  });
});

describe('functions of elements', () => {
  /** What a kernel makes of twenty elements and of others, as values, and what a function makes of them one by one. */
  const expectEach = (
    compute: (x: Tensor, other: Tensor) => Tensor,
    one: (x: number, functions: Functions, field: Field, other: number) => number,
  ) =>
    onElements(
      (backend, field, values) => {
        const draw = () => Float64Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : field.variable()));
        const [elements, others] = [draw(), draw()];
        const made = compute(backend.tensorOf(elements, [20]), backend.tensorOf(others, [20]));
        const functions = functionsOf(field);
        expect(values(made)).toEqual(
          Array.from(elements, (x, i) => field.value(one(x, functions, field, others[i]))),
        );
      },
      { ground: 1 },
    );

  test.each<[string, Parameters<typeof expectEach>[0], Parameters<typeof expectEach>[1]]>([
    ['sub', (x, y) => x.sub(y), (x, _, field, y) => field.subtract(x, y)],
    ['div', (x, y) => x.div(y), (x, _, field, y) => field.divide(x, y)],
    ['maximum', (x, y) => x.maximum(y), (x, { larger }, _, y) => larger(x, y)],
    ['minimum', (x, y) => x.minimum(y), (x, { smaller }, _, y) => smaller(x, y)],
    ['reciprocal', (x) => x.reciprocal(), (x, { reciprocal }) => reciprocal(x)],
    ['sqrt', (x) => x.sqrt(), (x, _, field) => field.sqrt(x)],
    ['rsqrt', (x) => x.rsqrt(), (x, { one }, field) => field.divide(one, field.sqrt(x))],
    ['exp', (x) => x.exp(), (x, _, field) => field.exp(x)],
    ['expm1', (x) => x.expm1(), (x, { one }, field) => field.subtract(field.exp(x), one)],
    ['log', (x) => x.log(), (x, _, field) => field.log(x)],
    ['log1p', (x) => x.log1p(), (x, { one }, field) => field.log(field.add(x, one))],
    ['softplus', (x) => x.softplus(), (x, { one }, field) => field.log(field.add(field.exp(x), one))],
    ['sigmoid', (x) => x.sigmoid(), (x, { sigmoid }) => sigmoid(x)],
    ['tanh', (x) => x.tanh(), (x, { tanh }) => tanh(x)],
    ['sign', (x) => x.sign(), (x, { one, negate }, field) => [negate(one), 0, one][field.sign(x) + 1]],
    ['relu6', (x) => tf.relu6(x), (x, { relu, smaller }, field) => smaller(relu(x), field.constant(6))],
    [
      'leakyRelu',
      (x) => tf.leakyRelu(x, 0.25),
      (x, _, field) => (field.sign(x) > 0 ? x : field.multiply(field.constant(0.25), x)),
    ],
    ['prelu', (x, y) => tf.prelu(x, y), (x, _, field, y) => (field.sign(x) > 0 ? x : field.multiply(y, x))],
    ['elu', (x) => tf.elu(x), (x, { expm1 }, field) => (field.sign(x) < 0 ? expm1(x) : x)],
    [
      'the gradient of elu',
      (x, y) => tf.grad((at) => tf.elu(at))(x, y),
      (x, { expm1, plusOne }, field, dy) => {
        const y = field.sign(x) < 0 ? expm1(x) : x;
        return field.sign(y) < 0 ? field.multiply(dy, plusOne(y)) : dy;
      },
    ],
    ['step', (x) => x.step(0.5), (x, { one }, field) => (field.sign(x) > 0 ? one : field.constant(0.5))],
    [
      'clipByValue',
      (x) => x.clipByValue(-2, 3),
      (x, { larger, smaller }, field) => smaller(larger(x, field.constant(-2)), field.constant(3)),
    ],
  ])('%s', (_, compute, one) => expectEach(compute, one));

  test('comparisons follow from the sign of the difference', () => {
    onElements((backend, field) => {
      const left = Float64Array.from({ length: 12 }, () => field.variable());
      const right = left.map((element, i) => (i % 3 === 0 ? element : field.variable()));
      const signs = Array.from(left, (element, i) => field.sign(field.subtract(element, right[i])));
      expect(new Set(signs).size).toBe(3);
      const [a, b] = [left, right].map((elements) => backend.tensorOf(elements, [12]));
      const told = (compared: Tensor) => Array.from(compared.dataSync());
      const where = (holds: (sign: number) => boolean) => signs.map((sign) => Number(holds(sign)));
      expect(told(a.equal(b))).toEqual(where((sign) => sign === 0));
      expect(told(a.notEqual(b))).toEqual(where((sign) => sign !== 0));
      expect(told(a.greater(b))).toEqual(where((sign) => sign > 0));
      expect(told(a.greaterEqual(b))).toEqual(where((sign) => sign >= 0));
      expect(told(a.less(b))).toEqual(where((sign) => sign < 0));
      expect(told(a.lessEqual(b))).toEqual(where((sign) => sign <= 0));
    });
  });

  test('extremes are found from left to right, and so are their places', () => {
    onElements((backend, field) => {
      const { larger, smaller } = functionsOf(field);
      const elements = Float64Array.from({ length: 40 }, () => field.variable());
      const x = backend.tensorOf(elements, [8, 5]);
      const rows = Array.from({ length: 8 }, (_, i) => Array.from(elements.subarray(5 * i, 5 * i + 5)));
      const place = (isBetter: (sign: number) => boolean) =>
        rows.map((row) =>
          row.reduce(
            (best, element, i) => (isBetter(field.sign(field.subtract(element, row[best]))) ? i : best),
            0,
          ),
        );
      expect(Array.from(backend.elementsOf(x.max(1)))).toEqual(rows.map((row) => row.reduce(larger)));
      expect(Array.from(backend.elementsOf(x.min(1)))).toEqual(rows.map((row) => row.reduce(smaller)));
      expect(Array.from(x.argMax(1).dataSync())).toEqual(place((sign) => sign > 0));
      expect(Array.from(x.argMin(1).dataSync())).toEqual(place((sign) => sign < 0));
    });
  });

  test('of equal extremes the first counts, with its slope', () => {
    onElements((backend, field) => {
      const still = field.variable();
      const moving = field.moving(still, 1);
      const x = backend.tensorOf(Float64Array.of(still, moving, moving, still), [2, 2]);
      const upstream = (made: Tensor) => Array.from(backend.elementsOf(made), (e) => field.slope(e));
      expect([upstream(x.max(1)), upstream(x.min(1))]).toEqual([
        [0, 1],
        [0, 1],
      ]);
    });
  });

  test('softmax shares one among the classes of each row, by their exponentials', () => {
    onElements((backend, field) => {
      const elements = Float64Array.from({ length: 6 }, () => field.variable());
      const shares = backend.elementsOf(tf.softmax(backend.tensorOf(elements, [2, 3])));
      for (const start of [0, 3]) {
        const exponentials = [0, 1, 2].map((i) => field.exp(elements[start + i]));
        const total = exponentials.reduce((sum, e) => field.add(sum, e));
        exponentials.forEach((e, i) =>
          expect(field.value(shares[start + i])).toBe(field.value(field.divide(e, total))),
        );
      }
    });
  });

  test('a fused product ends with its activation', () => {
    onElements((backend, field, values) => {
      const draw = (...shape: number[]) =>
        backend.tensorOf(
          Float64Array.from({ length: tf.util.sizeFromShape(shape) }, () => field.variable()),
          shape,
        );
      const [a, b, bias, upstream] = [draw(3, 2), draw(2, 4), draw(4), draw(4)] as never[];
      const sums = tf.add(tf.matMul(a, b), bias);
      const fused = (activation: string) =>
        tf.fused.matMul({
          ...{ a, b, bias, activation: activation as 'relu', leakyreluAlpha: 0.5 },
          preluActivationWeights: activation === 'prelu' ? upstream : undefined,
        });
      expect(values(fused('linear'))).toEqual(values(sums));
      expect(values(fused('relu'))).toEqual(values(sums.relu()));
      expect(values(fused('sigmoid'))).toEqual(values(sums.sigmoid()));
      expect(values(fused('leakyrelu'))).toEqual(values(tf.leakyRelu(sums, 0.5)));
      expect(values(fused('prelu'))).toEqual(values(tf.prelu(sums, upstream)));
      expect(values(fused('elu'))).toEqual(values(tf.elu(sums)));
      expect(() => fused('none')).toThrow("a fused kernel has no activation 'none'");
      expect(() => tf.matMul(a, draw(3, 4) as never)).toThrow(/inner/i);
    });
  });

  test('elements become truth values, but no whole numbers', () => {
    onElements((backend, field) => {
      const x = backend.tensorOf(Float64Array.of(0, field.variable()), [2]);
      expect(Array.from(x.cast('bool').dataSync())).toEqual([0, 1]);
      expect(() => x.cast('int32')).toThrow('an element of a field has no whole part');
      const whole = tf.tensor1d([0, 3], 'int32');
      expect(Array.from(whole.cast('bool').dataSync())).toEqual([0, 1]);
      const back = backend.elementsOf(whole.cast('float32'));
      expect(Array.from(back, (element) => field.value(element))).toEqual([0, 3]);
    });
  });
});

test('elements cannot be read as numbers, kernels that are missing say so, constants survive their field', () => {
  const kept = tf.keep(tf.scalar(0.25));
  withField(fieldOf(), (backend) => {
    tf.tidy(() => {
      expect(() => backend.tensorOf(Float64Array.of(3), [1]).dataSync()).toThrow('cannot be read as numbers');
      expect(() => tf.sin(tf.scalar(1))).toThrow("the field backend has no kernel 'Sin' yet");
      tf.add(kept, 1);
    });
  });
  withField(fieldOf({}, '2'), (backend) => {
    tf.tidy(() => {
      const { field } = backend;
      const quarter = backend.elementsOf(tf.mul(kept, 1))[0];
      expect(field.value(field.multiply(quarter, field.constant(4)))).toBe(1);
    });
  });
  expect(kept.dataSync()[0]).toBe(0.25);
  kept.dispose();
});

test('no tensor is left behind, and the backend that was in use is in use again', () => {
  const before = tf.memory().numTensors;
  expectSame(() => tf.matMul(a(), c()));
  expect(tf.memory().numTensors).toBe(before);
  expect(tf.getBackend()).toBe('float64');
});
