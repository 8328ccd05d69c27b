/** Rows as the network sees them: the same numbers, however the inputs are kept and whichever backend takes them. */
import { expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import {
  disposeBatch,
  residentBatch,
  makeBatch,
  minibatches,
  gatherInputs,
  prescale,
} from '../../../src/data/batches.ts';
import type { Examples, LazyInputs } from '../../../src/data/dataset.ts';
import { valuesOf } from '../../../src/utils/tensors.ts';
import { describeOnEach } from '../../helpers/backends.ts';

/** Bytes that are computed when they are read. */
function lazy(bytes: Uint8Array): LazyInputs {
  return {
    length: bytes.length,
    BYTES_PER_ELEMENT: 1,
    subarray: (start, end) => bytes.slice(start, end),
  };
}

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 8)) % 256);
const examplesOf = (inputs: Examples['inputs'], features: number, divisor: number): Examples => {
  const rows = inputs.length / features;
  return { rows, features, inputs, divisor, labels: Uint8Array.from({ length: rows }, (_, row) => row % 3) };
};
/** Each number of the rows from `start` to `end` in the order, divided. */
const wanted = (values: ArrayLike<number>, { features, divisor }: Examples, order: number[]) =>
  order.flatMap((row) => Array.from({ length: features }, (_, k) => values[row * features + k] / divisor));

describeOnEach('gathered rows', ['float64', 'cpu', 'wasm'], (backend) => {
  const precise = (values: number[]) =>
    backend === 'float64' ? values : Array.from(Float32Array.from(values));
  const order = [6, 0, 3, 3, 1, 5, 2];

  test('are those of the order, for every kind of array and divisor, lazy or not', () => {
    const bytes = bytesOf(7 * 40);
    for (const divisor of [1, 4, 255]) {
      for (const inputs of [bytes, lazy(bytes), Float32Array.from(bytes), Float64Array.from(bytes)]) {
        const examples = examplesOf(inputs, 40, divisor);
        for (const [start, end] of [
          [0, 7],
          [2, 5],
          [6, 7],
          [3, 3],
        ]) {
          // prettier-ignore
          const expected = precise(wanted(bytes, examples, order.slice(start, end)));
          expect(Array.from(gatherInputs(examples, order, start, end))).toEqual(expected);
          expect(Array.from(gatherInputs(prescale(examples), order, start, end))).toEqual(expected);
        }
      }
    }
  });

  test('are divided once in advance, unless they are lazy; the data itself does not change', () => {
    const examples = examplesOf(bytesOf(6), 2, 2);
    const ready = prescale(examples);
    expect([ready.divisor, Array.from(ready.inputs as Uint8Array)]).toEqual([
      1,
      wanted(bytesOf(6), examples, [0, 1, 2]),
    ]);
    expect(examples).toEqual(examplesOf(bytesOf(6), 2, 2));
    const notComputed = examplesOf(lazy(bytesOf(6)), 2, 2);
    expect(prescale(notComputed)).toBe(notComputed);
  });

  test('become a batch with one column a class, one number of two classes, or the number to predict', () => {
    const examples = examplesOf(bytesOf(14), 2, 1);
    const made = (task: 'binary' | 'multiclass' | 'regression', given = examples) => {
      const batch = makeBatch(given, { task, classes: 3 }, order, 1, 4);
      const { x, y, labels } = batch;
      const found = [x.shape, Array.from(valuesOf(x)), y.shape, Array.from(valuesOf(y)), labels] as const;
      disposeBatch(batch);
      expect([x.isDisposed, y.isDisposed]).toEqual([true, true]);
      return found;
    };
    const inputs = wanted(bytesOf(14), examples, [0, 3, 3]);
    const labels = Uint8Array.of(0, 0, 0);
    expect(made('binary')).toEqual([[3, 2], inputs, [3, 1], [0, 0, 0], labels]);
    expect(made('multiclass')).toEqual([[3, 2], inputs, [3, 3], [1, 0, 0, 1, 0, 0, 1, 0, 0], labels]);
    const numbers = { ...examples, labels: Float64Array.of(1, 2, 3, 5, 8, 13, 21) };
    const found = [Float64Array.of(1, 5, 5)];
    expect(made('regression', numbers)).toEqual([[3, 2], inputs, [3, 1], [1, 5, 5], ...found]);
    const scaled = { ...numbers, target: { mean: 1, scale: 4 } };
    expect(made('regression', scaled)).toEqual([[3, 2], inputs, [3, 1], [0, 1, 1], ...found]);
    const whole = residentBatch(examples, { task: 'multiclass', classes: 3 });
    expect(Array.from(whole.labels)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(Array.from(valuesOf(whole.y)).slice(0, 9)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(residentBatch(examples, { task: 'binary', classes: 2 }, [2]).labels).toEqual(Uint8Array.of(2));
  });
});

test('minibatches are the order cut into pieces, the last one what is left, from any of them on', async () => {
  await useBackend('cpu');
  const examples = examplesOf(bytesOf(8), 1, 1);
  const order = Int32Array.of(7, 1, 3, 0, 2, 6, 5);
  const cut = async (batchSize: number, firstBatch?: number) => {
    const found: number[][] = [];
    for await (const batch of minibatches(
      examples,
      { task: 'multiclass', classes: 3 },
      { order, batchSize, firstBatch },
    )) {
      found.push(Array.from(batch.labels));
      disposeBatch(batch);
    }
    return found;
  };
  expect(await cut(3)).toEqual([[1, 1, 0], [0, 2, 0], [2]]); // prettier-ignore
  expect(await cut(3, 2)).toEqual([[2]]);
  expect(await cut(7)).toHaveLength(1);
});
