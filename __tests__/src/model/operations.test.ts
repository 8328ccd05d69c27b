import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { add, addScaled, mul, sigmoid, square, sub } from '../../../src/model/operations.ts';
import { tf, type Tensor } from '../../../src/utils/tf.ts';

describe.each(['wasm', 'float64', 'cpu'] as const)('elementwise operations on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('return the same bits as those of TensorFlow.js and leave no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const a = tf.tensor2d([-1.5, 0, 0.1, 2, 3, -4], [2, 3]);
      const b = tf.tensor2d([0.3, 1, -2, 5, 0, 7], [2, 3]);
      const row = tf.tensor1d([1, 2, 3]);
      const expectSame = (direct: Tensor, whole: Tensor) => {
        expect(direct.shape).toEqual(whole.shape);
        expect(direct.dataSync()).toEqual(whole.dataSync());
      };
      expectSame(add(a, b), tf.add(a, b));
      expectSame(sub(a, row), tf.sub(a, row));
      expectSame(mul(row, b), tf.mul(row, b));
      expectSame(mul(a, tf.scalar(0.1)), tf.mul(a, tf.scalar(0.1)));
      expectSame(sigmoid(a), tf.sigmoid(a));
      expectSame(square(a), tf.square(a));
      expectSame(addScaled(a, b, 0.5), tf.add(a, tf.mul(b, 0.5)));
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('call a kernel that was registered later', () => {
    const original = tf.getKernel('Square', backend);
    const squared = () => tf.tidy(() => Array.from(square(tf.tensor1d([3])).dataSync()));
    expect(squared()).toEqual([9]);
    tf.unregisterKernel('Square', backend);
    tf.registerKernel({
      ...original,
      kernelFunc: ({ inputs, backend }) =>
        tf.getKernel('Sign', tf.getBackend()).kernelFunc({ inputs, backend, attrs: {} }),
    });
    expect(squared()).toEqual([1]);
    tf.unregisterKernel('Square', backend);
    tf.registerKernel(original);
    expect(squared()).toEqual([9]);
  });

  test('accept integers, and reject disposed tensors and shapes that do not broadcast', () => {
    tf.tidy(() => {
      const a = tf.tensor1d([1, 2]);
      expect(square(tf.tensor1d([2], 'int32')).dtype).toBe('int32');
      expect(mul(a, tf.tensor1d([3, 4], 'int32')).dtype).toBe('float32');
      expect(() => add(a, tf.zeros([3]))).toThrow('could not be broadcast');
    });
    const disposed = tf.tensor1d([1]);
    disposed.dispose();
    expect(() => square(disposed)).toThrow();
    const a = tf.tensor1d([1]);
    expect(() => add(a, disposed)).toThrow();
    a.dispose();
  });

  test('are differentiated by autodiff', () => {
    const gradient = tf.grad((x: Tensor) => sub(add(mul(x, x), square(x)), sigmoid(x)).sum());
    tf.tidy(() => expect(gradient(tf.tensor1d([0, 1])).dataSync()[0]).toBeCloseTo(-0.25, 6));
  });
});

test('addScaled is one operation on a backend that has a kernel for it, and two on the others', async () => {
  const kernelsOf = async (backend: 'wasm' | 'cpu') => {
    await useBackend(backend);
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const { kernelNames } = await tf.profile(() => tf.tidy(() => addScaled(a, b, 0.5).sum()));
    return kernelNames.sort();
  };
  expect(await kernelsOf('wasm')).toEqual(['AddScaled', 'Sum']);
  expect(await kernelsOf('cpu')).toEqual(['Add', 'Multiply', 'Sum']);
});
