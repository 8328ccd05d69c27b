/** Pooling by its definition, in windows of four: which number is the largest, and where its gradient goes. */
import { describe, expect, test } from '@jest/globals';
import { pooledShapes } from '../../../../src/backend/windows/pooled-convolution.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf, type Rank, type Tensor, type Tensor4D } from '../../../../src/utils/tf.ts';
import { expectSameAsCpu } from '../float64/support.ts';

const pooled = (values: number[]) => {
  const x = tf.tensor4d(values, [1, 2, 2, 1]);
  const pool = (t: Tensor4D) => tf.maxPool(t, 2, 2, 'valid');
  const upstream = tf.grad((t) => pool(t as Tensor4D).sum())(x);
  return { largest: pool(x).dataSync()[0], upstream: Array.from(upstream.dataSync()) };
};

describe.each(['float64', 'wasm'] as const)('on %s', (backend) => {
  test.each([
    ['the largest number', -1, [-4, -3, -5, -6]],
    ['NaN', NaN, [4, 3, 5, 6]],
  ])('%s is the maximum in every position', async (_, largest, others) => {
    await useBackend(backend);
    for (const position of [0, 1, 2, 3]) {
      const upstream = [0, 1, 2, 3].map((i) => Number(i === position));
      expect(pooled(others.with(position, largest))).toEqual({ largest, upstream });
    }
  });

  test('of equals the first wins, of several NaN too', async () => {
    await useBackend(backend);
    expect(pooled([1, 2, 2, 2]).upstream).toEqual([0, 1, 0, 0]);
    expect(pooled([1, NaN, 2, NaN]).upstream).toEqual([0, 1, 0, 0]);
  });

  test('a mean is over what the window sees, at the edges less', async () => {
    await useBackend(backend);
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    expect(Array.from(tf.avgPool(x, 2, 2, 'same').dataSync())).toEqual([3, 4.5, 7.5, 9]);
  });
});

describe('on float64 as on cpu', () => {
  const counted = (...shape: number[]) =>
    tf.range(0, tf.util.sizeFromShape(shape)).mod(7).sub(3).reshape<never>(shape);
  const filter = (...shape: number[]) => tf.mul(counted(...shape), 0.5).reshape<never>(shape);
  /** Up to 240 numbers that differ. */
  const distinct = (...shape: number[]) =>
    tf.range(0, tf.util.sizeFromShape(shape)).mul(37).mod(241).sub(100).reshape<never>(shape);
  /** A result, and its gradients by all that it is made of. */
  const all = (f: (...given: never[]) => Tensor, ...given: Tensor[]): Tensor[] => [
    f(...(given as never[])),
    ...tf.grads((...at) => f(...(at as never[])).square())(given),
  ];

  test.each<[string, () => Tensor[]]>([
    [
      'depthwise',
      () => all((x, w) => tf.depthwiseConv2d(x, w, [1, 1], 'same'), counted(2, 4, 5, 2), filter(3, 2, 2, 3)),
    ],
    [
      'depthwise, steps of 2',
      () => all((x, w) => tf.depthwiseConv2d(x, w, 2, 'valid'), counted(1, 5, 6, 3), filter(2, 3, 3, 1)),
    ],
    [
      'depthwise, with holes',
      () => [tf.depthwiseConv2d(counted(1, 5, 6, 2), filter(2, 2, 2, 2), 1, 'same', 'NHWC', [2, 1])],
    ],
    [
      'conv2d, steps and edges',
      () => all((x, w) => tf.conv2d(x, w, [2, 1], 'same'), counted(2, 5, 4, 2), filter(3, 2, 2, 3)),
    ],
    [
      'conv2d, with holes',
      () => [tf.conv2d(counted(1, 6, 7, 2), filter(2, 3, 2, 2), 1, 'valid', 'NHWC', [3, 2])],
    ],
    ['conv2d, padded', () => [tf.conv2d(counted(1, 4, 4, 1), filter(3, 3, 1, 2), 2, 1, 'NHWC', 1, 'floor')]],
    [
      'conv3d',
      () => all((x, w) => tf.conv3d(x, w, [1, 2, 1], 'same'), counted(2, 3, 4, 3, 2), filter(2, 3, 2, 2, 2)),
    ],
    ['maxPool3d', () => all((x) => tf.maxPool3d(x, [2, 1, 3], [1, 2, 2], 'same'), distinct(2, 3, 4, 5, 2))],
    ['avgPool3d', () => [tf.avgPool3d(counted(2, 3, 4, 5, 2), [2, 1, 3], [1, 2, 2], 'valid')]],
    ['maxPool', () => all((x) => tf.maxPool(x, [2, 3], [2, 1], 'same'), counted(2, 5, 5, 3))],
    ['avgPool', () => all((x) => tf.avgPool(x, [3, 2], [1, 2], 'valid'), counted(2, 5, 5, 3))],
    [
      'fused, with bias and activation',
      () =>
        (['linear', 'relu', 'sigmoid', 'elu'] as const).flatMap((activation) => {
          const common = { x: counted(1, 4, 4, 2), strides: 1, pad: 'same', activation } as const;
          const [dense, depthwise] = [filter(2, 2, 2, 3), filter(2, 2, 2, 1)];
          return [
            tf.fused.conv2d({ ...common, filter: dense, bias: tf.tensor1d([1, -2, 3]) }),
            tf.fused.depthwiseConv2d({ ...common, filter: depthwise, bias: tf.tensor1d([1, -2]) }),
          ];
        }),
    ],
  ])('%s', (_, compute) => expectSameAsCpu(compute));

  test('windows that fit nowhere are refused, and channels that come first', async () => {
    await useBackend('float64');
    expect(() => tf.maxPool(tf.ones<Rank.R4>([1, 2, 3, 1]), [3, 2], 1, 'valid')).toThrow(
      'windows of 3×2 do not fit into pictures of 2×3',
    );
    expect(() => tf.maxPool3d(tf.ones<Rank.R5>([1, 2, 3, 4, 1]), [3, 1, 2], 1, 'valid')).toThrow(
      'windows of 3×1×2 do not fit into pictures of 2×3×4',
    );
    expect(() =>
      tf.conv2d(tf.ones<Rank.R4>([1, 2, 3, 3]), tf.ones<Rank.R4>([1, 1, 2, 1]), 1, 'valid', 'NCHW'),
    ).toThrow('data format NCHW is not supported here: put the channels last (tf.transpose)');
  });
});

test('a pooled convolution accepts pictures and filters that fit, and rejects others', () => {
  expect(pooledShapes([5, 9, 6, 2], [3, 3, 2, 4])).toEqual({
    ...{ batch: 5, height: 9, width: 6, inChannels: 2, size: 3, outChannels: 4, pooled: [5, 3, 2, 4] },
  });
  expect(pooledShapes([1, 4, 4, 1], [3, 3, 1, 1]).pooled).toEqual([1, 1, 1, 1]);
  const filter = [3, 3, 2, 4];
  for (const wrong of [
    { x: [9, 6, 2] },
    { x: [5, 9, 6, 2], filter: [3, 3, 2] },
    { x: [5, 9, 6, 2], filter: [3, 2, 2, 4] },
    { x: [5, 9, 6, 2], filter: [3, 3, 1, 4] },
    { x: [5, 3, 6, 2] },
    { x: [5, 9, 3, 2] },
    { x: [0, 9, 6, 2] },
    { x: [5, 9, 6, 2, 1] },
  ]) {
    const { x, filter: other = filter } = wrong;
    expect(() => pooledShapes(x, other)).toThrow(
      new InputError(
        `pictures of shape [${x.join(', ')}] and filters of shape [${other.join(', ')}] do not go together: pictures are ` +
          '[batch, height, width, channels], filters [size, size, channels, outputs], and at least 2×2 results are pooled',
      ),
    );
  }
});

test('a pooled convolution equals a convolution, its bias, its ReLU and its pooling, and so do its gradients', async () => {
  await useBackend('float64');
  tf.tidy(() => {
    const spread = (factor: number, period: number, ...shape: number[]) =>
      tf.range(0, tf.util.sizeFromShape(shape)).mul(factor).mod(period).sub(4).reshape<never>(shape);
    const [x, filter, bias] = [spread(7, 11, 2, 7, 6, 2), spread(5, 7, 3, 3, 2, 3), tf.tensor1d([1, -40, 3])];
    const plain = (x: Tensor, filter: Tensor) => {
      const sums = tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'valid').add(bias);
      return tf.maxPool(sums.relu<Tensor4D>(), 2, 2, 'valid');
    };
    const values = (tensor: Tensor) => Array.from(tensor.dataSync());
    const [pooled, maxIndices] = tf.engine().runKernel<Tensor[]>('PooledConvolution', { x, filter, bias });
    expect(pooled.shape).toEqual([2, 2, 2, 3]);
    expect(maxIndices.dtype).toBe('int32');
    expect(values(pooled)).toEqual(values(plain(x, filter)));
    const factors = tf.range(1, 25).reshape([2, 2, 2, 3]);
    const [dx, dFilter] = tf.grads((...at) => plain(at[0], at[1]).mul(factors))([x, filter]);
    const dy = tf.engine().runKernel<Tensor>('ReluGradient', { dy: factors, y: pooled });
    expect(values(dy)).toEqual(values(factors).map((d, i) => (values(pooled)[i] > 0 ? d : 0)));
    const run = (name: string, inputs: object, attributes: object) =>
      values(tf.engine().runKernel<Tensor>(name, inputs as never, attributes as never));
    const { shape: filterShape } = dFilter;
    const { shape: inputShape } = dx;
    expect(run('PooledConvolutionFilterGradient', { x, maxIndices, dy }, { filterShape })).toEqual(
      values(dFilter),
    );
    expect(run('PooledConvolutionInputGradient', { filter, maxIndices, dy }, { inputShape })).toEqual(
      values(dx),
    );
  });
});
