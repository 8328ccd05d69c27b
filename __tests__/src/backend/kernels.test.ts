import { beforeEach, expect, jest, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { setWasmPaths } from '../../../src/backend/wasm/index.ts';
import { registerFloat64Backend } from '../../../src/backend/float64/index.ts';
import { kernelsUsedBy, missingKernels } from '../../../src/backend/kernels.ts';
import { tf } from '../../../src/utils/tf.ts';
import { loadLayersPackage } from '../../../src/utils/tf-layers.ts';

registerFloat64Backend();
beforeEach(() => tf.setBackend('cpu'));

const { metrics } = await loadLayersPackage();

test('the kernels of a computation, those of its gradient included', () => {
  const x = tf.tensor1d([1, 2]);
  expect(kernelsUsedBy(() => x.exp())).toEqual(['Exp']);
  expect(kernelsUsedBy(() => tf.grad((y) => y.exp().sum())(x))).toEqual(
    expect.arrayContaining(['Exp', 'Multiply', 'Sum']),
  );
});

test('recording ends, also after an error', () => {
  expect(() =>
    kernelsUsedBy(() => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  expect(Object.hasOwn(tf.engine(), 'runKernel')).toBe(false);
  expect(kernelsUsedBy(() => tf.scalar(1).log())).toEqual(['Log']);
});

test('what a backend lacks', () => {
  expect(missingKernels(['Exp', 'LRN', 'NoSuchKernel'], 'cpu')).toEqual(['NoSuchKernel']);
  expect(missingKernels(['Exp', 'LRN', 'NoSuchKernel'], 'float64')).toEqual(['LRN', 'NoSuchKernel']);
});

test('float64 has every kernel of losses, optimisers and dense layers', () => {
  const x = tf.ones([3, 4]);
  const labels = tf.ones([3, 2]);
  const used = kernelsUsedBy(() => {
    const weights = tf.variable(tf.ones([4, 2]));
    const losses = [
      () => tf.losses.sigmoidCrossEntropy(labels, x.matMul(weights)),
      () => tf.losses.softmaxCrossEntropy(labels, x.matMul(weights)),
      () => tf.losses.meanSquaredError(labels, x.matMul(weights)),
      () => tf.losses.absoluteDifference(labels, x.matMul(weights)),
      () => tf.losses.huberLoss(labels, x.matMul(weights)),
      () => tf.losses.hingeLoss(labels, x.matMul(weights)),
      () => tf.losses.logLoss(labels, x.matMul(weights).sigmoid()),
      () => tf.losses.cosineDistance(labels, x.matMul(weights), 1),
      () => x.matMul(weights).logSoftmax().mul(labels).mean().neg(),
      () => weights.norm(1).add(weights.square().sum().sqrt()),
    ];
    for (const loss of losses) tf.variableGrads(() => loss().asScalar());
    for (const optimizer of [
      tf.train.sgd(0.1),
      tf.train.momentum(0.1, 0.9),
      tf.train.adagrad(0.1),
      tf.train.adadelta(),
      tf.train.adam(),
      tf.train.adamax(),
      tf.train.rmsprop(0.1, 0.9, 0.5, undefined, true),
    ]) {
      optimizer.minimize(() => losses[0]().asScalar());
    }
    metrics.binaryAccuracy(labels, labels);
    metrics.categoricalAccuracy(labels, labels);
    weights.dispose();
  });
  expect(used.length).toBeGreaterThan(30);
  expect(missingKernels(used, 'float64')).toEqual([]);
});

test('wasm looks for its files where it is told', async () => {
  const warned: unknown[] = [];
  const warn = jest.spyOn(console, 'warn').mockImplementation((...words) => void warned.push(...words));
  await setWasmPaths('/nowhere/');
  await expect(useBackend('wasm')).rejects.toThrow(
    'The wasm backend is not available: WebAssembly is not supported here',
  );
  expect(String(warned[0])).toContain('/nowhere/tfjs-backend-wasm');
  warn.mockRestore();
});
