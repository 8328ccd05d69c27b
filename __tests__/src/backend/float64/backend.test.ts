import { beforeEach, describe, expect, test } from '@jest/globals';
import { registerFloat64Backend } from '../../../../src/backend/float64/index.ts';
import { WorkError } from '../../../../src/utils/errors.ts';
import { tf } from '../../../../src/utils/tf.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';
import { doubles, valuesOf } from './support.ts';

beforeEach(() => tf.setBackend('float64'));

test('registering twice does nothing, and it is never chosen by itself', () => {
  registerFloat64Backend();
  expect(tf.getBackend()).toBe('float64');
  expect(
    tf
      .engine()
      .backendNames()
      .filter((name) => name === 'float64'),
  ).toHaveLength(1);
});

test('tensors hold doubles', async () => {
  const x = doubles([0.1, 1 / 3]);
  expect(x.dataSync()).toEqual(Float64Array.of(0.1, 1 / 3));
  expect(await x.data()).toEqual(Float64Array.of(0.1, 1 / 3));
  expect(x.dtype).toBe('float32');
});

test('a tensor is not changed through the array it came from, nor through the one that was read', () => {
  const values = Float64Array.of(1, 2);
  const x = tf.engine().makeTensor(values as never, [2], 'float32');
  values[0] = 7;
  x.dataSync()[1] = 7;
  expect(valuesOf(x)).toEqual([1, 2]);
});

test('strings are refused by name', () => {
  expect(() => tf.tensor(['a'])).toThrow(WorkError);
  expect(() => tf.tensor(['a'])).toThrow('not string');
});

describe('tensors that change backends', () => {
  test('to cpu and back', async () => {
    const x = doubles([0.5, 0.1]);
    await tf.setBackend('cpu');
    expect(valuesOf(x.add(1))).toEqual([1.5, Math.fround(Math.fround(0.1) + 1)]);
    await tf.setBackend('float64');
    expect(valuesOf(x.mul(2))).toEqual([1, 2 * Math.fround(0.1)]);
    x.dispose();
  });

  test('to wasm, which copies 32-bit floats', async () => {
    await import('@tensorflow/tfjs-backend-wasm');
    const x = doubles([1, 2, 3, 4]);
    if (!(await tf.setBackend('wasm'))) throw new Error('wasm did not load');
    expect(valuesOf(x.mul(2))).toEqual([2, 4, 6, 8]);
  });
});

describe('nothing is leaked', () => {
  const backend = () => tf.engine().findBackend('float64');

  test('by kernels that share data, copy it or return several tensors', () => {
    const x = doubles([1, 2, 3, 4], [2, 2]);
    const before = [tf.memory().numTensors, backend().numDataIds()];
    tf.tidy(() => {
      const y = x.clone().reshape([4]).cast('float32').expandDims().squeeze();
      return [y, ...x.unstack(), ...x.split(2), x.softmax().sum(), x.matMul(x)].length;
    });
    expect([tf.memory().numTensors, backend().numDataIds()]).toEqual(before);
    expect(valuesOf(x)).toEqual([1, 2, 3, 4]);
    x.dispose();
    expect(backend().numDataIds()).toBe(before[1] - 1);
  });

  test('by training steps of every optimiser', () => {
    const x = doubles([0.1, 0.2, 0.3, 0.4], [2, 2]);
    for (const optimizer of [
      tf.train.sgd(0.1),
      tf.train.momentum(0.1, 0.9),
      tf.train.adagrad(0.1),
      tf.train.adadelta(),
      tf.train.adam(),
      tf.train.adamax(),
      tf.train.rmsprop(0.1),
      tf.train.rmsprop(0.1, 0.9, 0.5, undefined, true),
    ]) {
      const weights = tf.variable(doubles([0.5, -0.5], [2, 1]));
      const loss = () =>
        x
          .matMul(weights as Tensor)
          .softplus()
          .sum()
          .asScalar();
      const step = () => optimizer.minimize(loss);
      const first = valuesOf(loss())[0];
      step();
      const before = [tf.memory().numTensors, backend().numDataIds()];
      for (let i = 0; i < 5; i++) step();
      expect([tf.memory().numTensors, backend().numDataIds()]).toEqual(before);
      expect(valuesOf(loss())[0]).toBeLessThan(first);
      optimizer.dispose();
      weights.dispose();
    }
  });
});

test('a kernel that is missing is named, with what can be done', () => {
  const image = doubles(new Float64Array(16), [1, 4, 4, 1]);
  expect(() => tf.localResponseNormalization(image as never)).toThrow(
    "the float64 backend has no kernel 'LRN' yet; it can be added in src/backend/float64",
  );
});

test('tf.profile and tf.time work', async () => {
  const { kernelNames } = await tf.profile(() => doubles([1, 2]).square().sum());
  expect(kernelNames).toEqual(['Square', 'Sum']);
  expect((await tf.time(() => doubles([1]).exp())).kernelMs).toBeGreaterThanOrEqual(0);
});
