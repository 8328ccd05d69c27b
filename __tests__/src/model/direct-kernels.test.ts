import { beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { kernelOf } from '../../../src/model/operations.ts';
import { tf, type Tensor } from '../../../src/utils/tf.ts';

describe.each(['wasm', 'float64', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test('a kernel is the one that TensorFlow.js would take', () => {
    expect(kernelOf('Add')).toBe(tf.getKernel('Add', backend));
    expect(kernelOf('Add')).toBeDefined();
    expect(kernelOf('Nonsense')).toBeUndefined();
  });

  test('what stands in its place later is taken then', () => {
    const usual = tf.getKernel('Square', backend);
    const x = tf.tensor1d([3]);
    expect(Array.from(x.square().dataSync())).toEqual([9]);
    tf.unregisterKernel('Square', backend);
    tf.registerKernel({
      ...usual,
      kernelFunc: ({ inputs, backend }) =>
        tf.getKernel('Sign', tf.getBackend()).kernelFunc({ inputs, backend, attrs: {} }),
    });
    expect(Array.from(x.square().dataSync())).toEqual([1]);
    tf.unregisterKernel('Square', backend);
    tf.registerKernel(usual);
    expect(Array.from(x.square().dataSync())).toEqual([9]);
    x.dispose();
  });

  test('operations give what they give with ceremony, in any scope, and leave nothing', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const a = tf.tensor2d([-1.5, 0, 0.1, 2, 3, -4], [2, 3]);
      const b = tf.tensor2d([0.3, 1, -2, 5, 0, 7], [2, 3]);
      const row = tf.tensor1d([1, 2, 3]);
      const same = (quick: Tensor, whole: Tensor) => {
        expect(quick.shape).toEqual(whole.shape);
        expect(quick.dataSync()).toEqual(whole.dataSync());
      };
      same(a.add(b), tf.add(a, b));
      same(a.sub(row), tf.sub(a, row));
      same(row.mul(b), tf.mul(row, b));
      same(a.mul(tf.scalar(0.1)), tf.mul(a, tf.scalar(0.1)));
      same(a.sigmoid(), tf.sigmoid(a));
      same(a.square(), tf.square(a));
      same(a.sign(), tf.sign(a));
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('numbers, whole numbers, and what is disposed of take the usual way', () => {
    tf.tidy(() => {
      const a = tf.tensor1d([1, 2]);
      expect(Array.from(a.add(2).dataSync())).toEqual([3, 4]);
      expect(tf.tensor1d([2], 'int32').square().dtype).toBe('int32');
      expect(a.mul(tf.tensor1d([3, 4], 'int32')).dtype).toBe('float32');
      expect(() => a.add(tf.zeros([3]))).toThrow('could not be broadcast');
    });
    const gone = tf.tensor1d([1]);
    gone.dispose();
    expect(() => gone.square()).toThrow('disposed');
    const here = tf.tensor1d([1]);
    expect(() => here.add(gone)).toThrow();
    here.dispose();
  });

  test('autodiff sees them', () => {
    const slope = tf.grad((x: Tensor) => x.mul(x).add(x.square()).sub(x.sigmoid()).sum());
    tf.tidy(() => expect(slope(tf.tensor1d([0, 1])).dataSync()[0]).toBeCloseTo(-0.25, 6));
  });
});
