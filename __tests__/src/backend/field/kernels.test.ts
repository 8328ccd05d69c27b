/**
 * The kernels against those of the float64 backend and of TensorFlow.js's own cpu backend: on small whole numbers doubles
 * are exact, so what these compute must be, as an element, what the field computes.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { withField, type FieldBackend } from '../../../../src/backend/field/index.ts';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { RandomState } from '../../../../src/core/random.ts';
import { tf, type Tensor } from '../../../../src/core/tf.ts';
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
  ] as [string, () => Tensor][])('%s', (_, operation) => expectSame(operation, 'cpu'));

  test('of equal numbers in a window the first is the largest, and has all of the slope', () => {
    const tied = (): Tensor => tf.tensor4d([0, 0, 0, 0], [1, 2, 2, 1]);
    expectSame(() => tf.grad((x) => tf.mul(tf.maxPool(x as never, 2, 2, 'valid'), 3))(tied()), 'cpu');
  });

  test('a maximum is one of its window', () => {
    withField(fieldOf(), (backend) =>
      tf.tidy(() => {
        const { field } = backend;
        const elements = Float64Array.from({ length: 16 }, () => field.variable());
        const pooled = tf.maxPool(backend.tensorOf(elements, [1, 4, 4, 1]) as never, 2, 2, 'valid');
        backend.elementsOf(pooled).forEach((element, i) => {
          const [top, left] = [2 * Math.floor(i / 2), 2 * (i % 2)];
          const window = [0, 1, 4, 5].map((step) => elements[4 * top + left + step]);
          expect(window).toContain(element);
        });
      }),
    );
  });
});

describe('signs', () => {
  test('relu, step, abs, leakyRelu, elu, clip and comparisons follow from the sign', () => {
    withField(fieldOf(), (backend) => {
      tf.tidy(() => {
        const { field } = backend;
        const elements = Float64Array.from({ length: 20 }, (_, i) => (i === 0 ? 0 : field.variable()));
        const x = backend.tensorOf(elements, [20]);
        const values = (tensor: Tensor): number[] =>
          Array.from(backend.elementsOf(tensor), (element) => field.value(element));
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
});

test('elements cannot be read as numbers, kernels that are missing say so, constants survive their field', () => {
  const kept = tf.keep(tf.scalar(0.25));
  withField(fieldOf(), (backend) => {
    tf.tidy(() => {
      expect(() => backend.tensorOf(Float64Array.of(3), [1]).dataSync()).toThrow('no numbers');
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
