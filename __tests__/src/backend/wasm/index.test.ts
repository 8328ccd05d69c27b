import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { guardMemory, megabytes, peakBytes } from '../../../../src/backend/wasm/index.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import { linear, transposedMatMul } from '../../../../src/model/operations.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tensorOf } from '../../../../src/utils/tensors.ts';
import { tf, type Rank } from '../../../../src/utils/tf.ts';

const events = ['uncaughtException', 'unhandledRejection'];
/** Of the program that loads the backend. */
const own = () => {};
for (const event of events) process.on(event, own);
afterAll(() => events.forEach((event) => process.off(event, own)));
const heardBefore = events.map((event) => process.listeners(event as 'uncaughtException'));
beforeAll(async () => {
  await useBackend('wasm');
});

test('errors of a program stay its own: its listeners are there, and none of the package’s', () => {
  expect(events.map((event) => process.listeners(event as 'uncaughtException'))).toEqual(heardBefore);
});

/** The same computation on the wasm and on the cpu backend. */
async function onBoth(compute: () => ReturnType<typeof tf.matMul>): Promise<[Float32Array, Float32Array]> {
  const results: Float32Array[] = [];
  for (const backend of ['wasm', 'cpu']) {
    await tf.setBackend(backend);
    results.push(tf.tidy(() => compute().dataSync<'float32'>()));
  }
  await tf.setBackend('wasm');
  return results as [Float32Array, Float32Array];
}

const matrix = (rows: number, columns: number, seed: number) =>
  tensorOf(new RandomState(seed).randn(rows * columns), [rows, columns]);

describe('matMul on wasm', () => {
  test('adds one bias a column or one for all, and applies the activation', async () => {
    for (const activation of ['linear', 'relu', 'relu6', 'sigmoid', 'elu', 'leakyrelu', 'prelu'] as const)
      for (const biases of [6, 1]) {
        const [wasm, cpu] = await onBoth(() =>
          tf.fused.matMul({
            ...{ a: matrix(5, 20, 1), b: matrix(20, 6, 2), activation, leakyreluAlpha: 0.3 },
            bias: tensorOf(new RandomState(3).randn(biases), [biases]),
            preluActivationWeights: activation === 'prelu' ? tf.fill([6], 0.2) : undefined,
          }),
        );
        wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 4));
      }
  });

  test('multiplies every matrix of a batch, and one by all of the other side', async () => {
    const batch = (count: number, rows: number, columns: number, seed: number) =>
      tensorOf(new RandomState(seed).randn(count * rows * columns), [count, rows, columns]);
    for (const [ofA, ofB] of [
      [3, 3],
      [1, 3],
      [3, 1],
    ]) {
      const [wasm, cpu] = await onBoth(() => tf.matMul(batch(ofA, 7, 5, 1), batch(ofB, 5, 20, 2)));
      expect(wasm.length).toBe(3 * 7 * 20);
      wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 4));
    }
  });

  test('refuses matrices that do not fit, also from operations without checks', () => {
    expect(() => transposedMatMul(tf.ones([5, 3]), tf.ones([4, 2]))).toThrow('[5, 3]ᵀ by [4, 2]');
    expect(() => linear(tf.ones([5, 3]), tf.ones([4, 2]), tf.ones([2]))).toThrow('[5, 3] by [4, 2]');
  });

  test('refuses whole numbers, whose bytes mean something else', () => {
    const whole = tf.ones<Rank.R2>([2, 2], 'int32');
    expect(() => tf.matMul(whole, whole)).toThrow('float32 only, not int32 by int32');
  });

  test('leaves no tensor behind', () => {
    const before = tf.memory();
    tf.tidy(() => tf.matMul(tf.ones([5, 3]), tf.ones([5, 2]), true, false).dataSync());
    expect(tf.memory()).toEqual(before);
  });
});

test('an allocation beyond the budget is refused with a sentence, and what is freed counts as free', () => {
  const moved: number[][] = [];
  let isLast = true;
  const backend = {
    move: (_dataId: object, _values: unknown, shape: number[]) => void moved.push(shape),
    disposeData: (_dataId: object) => isLast,
  };
  guardMemory(backend, 1000);
  // A second guard with less to give stands aside.
  guardMemory(backend, 10);
  const first = {};
  backend.move(first, null, [10, 10]);
  expect(() => backend.move({}, null, [151])).toThrow(
    new InputError(
      "A tensor of shape [151] needs 0.001 MiB but only 0.001 MiB of the wasm backend's 0.001 MiB are free: " +
        'use a smaller --batch-size or model, or --backend cpu.',
    ),
  );
  const second = {};
  backend.move(second, null, [150]);
  isLast = false;
  expect(backend.disposeData(first)).toBe(false);
  expect(() => backend.move({}, null, [1])).toThrow(InputError);
  isLast = true;
  expect(backend.disposeData(first)).toBe(true);
  // Twice gives nothing more.
  backend.disposeData(first);
  expect(() => backend.move({}, null, [101])).toThrow(InputError);
  backend.move({}, null, [100]);
  expect(moved).toEqual([[10, 10], [150], [100]]);
});

test('peakBytes returns the largest number of bytes in use at once, without those from before', async () => {
  const bytes = peakBytes(() => {
    const first = tf.tensor1d(new Float32Array(100));
    const second = tf.tensor2d(new Float32Array(60), [6, 10]);
    first.dispose();
    const third = tf.tensor1d(new Float32Array(30));
    tf.dispose([second, third]);
  });
  expect(bytes).toBe(4 * 160);
  expect(peakBytes(() => {})).toBe(0);
  await tf.setBackend('cpu');
  expect(() => peakBytes(() => {})).toThrow('peakBytes needs the wasm backend');
  await tf.setBackend('wasm');
});

test('prints bytes in MiB', () => {
  expect([0, 1000, 2 ** 20 - 1, 2 ** 20, 1.5 * 2 ** 20, 2 ** 31].map(megabytes)).toEqual([
    ...['0.000 MiB', '0.001 MiB', '1.000 MiB', '1 MiB', '2 MiB', '2048 MiB'],
  ]);
});
