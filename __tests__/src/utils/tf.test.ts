import { expect, test } from '@jest/globals';
import { tf } from '../../../src/utils/tf.ts';

test('tensors have chained operations and gradients are registered', () => {
  const gradient = tf.grad((x) => x.sigmoid().sum())(tf.tensor1d([0, 1]));
  expect(Array.from(gradient.dataSync())).toEqual([0.25, expect.closeTo(0.19661193, 6)]);
  expect(tf.tensor(new Float32Array([1, 2])).dtype).toBe('float32');
});
