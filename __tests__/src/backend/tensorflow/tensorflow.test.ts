import { describe, expect, test } from '@jest/globals';
import { tensorflowPaysFrom, useBackend } from '../../../../src/backend/index.ts';
import { loadTensorflowBackend } from '../../../../src/backend/tensorflow/tensorflow.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tensorOf } from '../../../../src/utils/tensors.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';

const outcome = loadTensorflowBackend();
const whenInstalled = outcome.loaded ? describe : describe.skip;
if (!outcome.loaded) console.info(`The tensorflow backend's tests are skipped: ${outcome.reason}`);

/** The same computation on `tensorflow` and on `cpu`, as plain numbers. */
async function onBoth(compute: () => Tensor | Tensor[]): Promise<[number[][], number[][]]> {
  const results: number[][][] = [];
  for (const backend of ['tensorflow', 'cpu']) {
    await tf.setBackend(backend);
    results.push(tf.tidy(() => [compute()].flat().map((tensor) => Array.from(tensor.dataSync()))));
  }
  return results as [number[][], number[][]];
}

async function expectSame(compute: () => Tensor | Tensor[]): Promise<void> {
  const [native, cpu] = await onBoth(compute);
  const close = (value: number): unknown => (Number.isNaN(value) ? NaN : expect.closeTo(value, 4));
  expect(native).toEqual(cpu.map((values) => values.map(close)));
}

const normal = (shape: number[], seed: number) =>
  tensorOf(new RandomState(seed).randn(shape.reduce((product, length) => product * length, 1)), shape);

whenInstalled('tensorflow, where it is installed', () => {
  test('is what auto chooses for large steps, and wasm for small ones', async () => {
    expect(await useBackend('auto', { multiplyAddsPerStep: 1 })).toMatchObject({ name: 'wasm' });
    expect(await useBackend('auto', { multiplyAddsPerStep: tensorflowPaysFrom })).toMatchObject({
      name: 'tensorflow',
    });
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('matMul with transposeA %s, transposeB %s', async (transposeA, transposeB) => {
    await expectSame(() =>
      tf.matMul(
        normal(transposeA ? [60, 7] : [7, 60], 1),
        normal(transposeB ? [5, 60] : [60, 5], 2),
        transposeA,
        transposeB,
      ),
    );
  });

  test('element-wise functions, reductions, softmax, one-hot', async () => {
    const x = () => normal([6, 10], 3);
    await expectSame(() => [x().sigmoid(), x().tanh(), x().relu(), x().exp(), x().abs().add(1).log()]);
    await expectSame(() => [
      x().softmax(),
      x().logSumExp(1),
      x().mean(0),
      x().sum(),
      x().max(1),
      x().square(),
    ]);
    await expectSame(() => tf.oneHot(x().argMax(1), 10).toFloat());
    await expectSame(() => [x().add(normal([10], 4)), x().sub(0.5), x().mul(normal([6, 1], 5)), x().div(3)]);
    await expectSame(() => [
      x().greater(0).toFloat(),
      tf.where(x().less(0), x(), x().neg()),
      x().clipByValue(-1, 1),
    ]);
  });

  test('the kernels that are done with fewer operations', async () => {
    const x = () => normal([6, 10], 3);
    await expectSame(() => [x().step(), x().step(0.25), tf.step(tf.tensor1d([NaN, -0, 0, 1e-30, Infinity]))]);
    await expectSame(() => tf.step(tf.tensor1d([3, -3, 0], 'int32')));
    for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)
      await expectSame(() => {
        const operands = { a: x(), b: normal([10, 4], 4), bias: normal([4], 5), activation };
        const preluActivationWeights = activation === 'prelu' ? normal([4], 6) : undefined;
        return [
          tf.fused.matMul({ ...operands, preluActivationWeights }),
          tf.fused.matMul({ ...operands, b: normal([4, 10], 7), transposeB: true, preluActivationWeights }),
          tf.fused.matMul({ ...operands, bias: undefined, preluActivationWeights }),
        ];
      });
    const cube = () => normal([2, 3, 4], 8);
    await expectSame(() => [
      ...[cube().sum(), cube().sum(1), cube().sum([0, 2]), cube().sum(-1, true)],
      ...[cube().greater(0).sum(1), tf.range(0, 6, 1, 'int32').sum(), tf.scalar(3).sum()],
      ...[
        cube().reshape([4, 6]),
        cube().flatten(),
        tf.ones([1, 1]).reshape([]),
        tf.zeros([0, 2]).reshape([2, 0]),
      ],
      ...[tf.range(0, 6, 1, 'int32').reshape([2, 3]), cube().greater(0).reshape([6, 4])],
    ]);
    const words = tf.tensor(['a', 'b']);
    await tf.setBackend('tensorflow');
    expect(tf.reshape(words, [2, 1]).dataSync()).toEqual(['a', 'b']);
  });

  test('they leave no tensor behind', async () => {
    await tf.setBackend('tensorflow');
    const before = tf.memory();
    for (const shape of [[10, 6], [60]])
      tf.tidy(() => normal([6, 10], 3).step().reshape(shape).sum(0).dataSync());
    tf.tidy(() => {
      const operands = { a: normal([6, 10], 3), b: normal([10, 4], 4), bias: normal([4], 5) };
      tf.fused.matMul({ ...operands, activation: 'relu' }).dataSync();
    });
    expect(tf.memory()).toEqual(before);
  });

  test('gradients of a two-layer net, through variableGrads', async () => {
    await expectSame(() => {
      const [x, y] = [normal([20, 8], 6), tf.oneHot(normal([20, 3], 7).argMax(1), 3)];
      const hidden = tf.variable(normal([8, 5], 8));
      const output = tf.variable(normal([5, 3], 9));
      const loss = () => tf.losses.softmaxCrossEntropy(y, x.matMul(hidden).sigmoid().matMul(output));
      const { value, grads } = tf.variableGrads(() => loss().asScalar(), [hidden, output]);
      const gradients = [grads[hidden.name], grads[output.name]];
      tf.dispose([hidden, output]);
      return [value, ...gradients];
    });
  });

  test('memory is released, in TensorFlow.js and in the library', async () => {
    await tf.setBackend('tensorflow');
    const before = { ...tf.memory(), rss: process.memoryUsage().rss };
    for (let round = 0; round < 20; round++) tf.tidy(() => tf.ones([1000, 2500]).mul(2).sum().dataSync());
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    // 20 rounds of 20 MB: 400 MB pass through, half of it may linger in allocators.
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(200e6);
  });
});

test('says in one sentence why the backend does not load', () => {
  if (outcome.loaded) return;
  expect(outcome.reason).toMatch(/^(@tensorflow\/tfjs-node|TensorFlow.s library) .+$/);
});
