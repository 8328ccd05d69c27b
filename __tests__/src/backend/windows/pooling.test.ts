/** Pooling by its definition, in windows of four: which number wins, and where its slope goes. */
import { describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf, type Tensor4D } from '../../../../src/core/tf.ts';

const pooled = (values: number[]) => {
  const x = tf.tensor4d(values, [1, 2, 2, 1]);
  const pool = (t: Tensor4D) => tf.maxPool(t, 2, 2, 'valid');
  const slopes = tf.grad((t) => pool(t as Tensor4D).sum())(x);
  return { largest: pool(x).dataSync()[0], slopes: Array.from(slopes.dataSync()) };
};

describe.each(['float64', 'wasm'] as const)('on %s', (backend) => {
  test.each([0, 1, 2, 3])('the largest wins wherever it lies: at %d', async (place) => {
    await useBackend(backend);
    const values = [-4, -3, -5, -6].map((value, i) => (i === place ? -1 : value));
    const slopes = [0, 1, 2, 3].map((i) => Number(i === place));
    expect(pooled(values)).toEqual({ largest: -1, slopes });
  });

  test.each([0, 1, 2, 3])('NaN is the largest: at %d', async (place) => {
    await useBackend(backend);
    const values = [4, 3, 5, 6].map((value, i) => (i === place ? NaN : value));
    const slopes = [0, 1, 2, 3].map((i) => Number(i === place));
    expect(pooled(values)).toEqual({ largest: NaN, slopes });
  });

  test('of equals the first wins, of several NaN too', async () => {
    await useBackend(backend);
    expect(pooled([1, 2, 2, 2]).slopes).toEqual([0, 1, 0, 0]);
    expect(pooled([1, NaN, 2, NaN]).slopes).toEqual([0, 1, 0, 0]);
  });

  test('a mean is over what the window sees, at the edges less', async () => {
    await useBackend(backend);
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    expect(Array.from(tf.avgPool(x, 2, 2, 'same').dataSync())).toEqual([3, 4.5, 7.5, 9]);
  });
});
