/** Rows as the network sees them: the same numbers, however the inputs are kept and whichever backend takes them. */
import { expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { disposeBatch, keptBatch, makeBatch, minibatches } from '../../../../src/core/data/batches.ts';
import type { Examples, StoredInputs } from '../../../../src/core/data/dataset.ts';
import { gatherInputs, madeReady } from '../../../../src/core/data/gather-rows.ts';
import { closeDataset, isStored, piecesOf, rowsAtOnce } from '../../../../src/core/data/stored-inputs.ts';
import { summarise } from '../../../../src/core/data/summary.ts';
import { valuesOf } from '../../../../src/core/tensors.ts';
import { describeOnEach } from '../../../helpers/backends.ts';

/** Bytes that are handed out as copies alone. */
function stored(bytes: Uint8Array): StoredInputs & { isClosed: boolean } {
  return {
    length: bytes.length,
    BYTES_PER_ELEMENT: 1,
    isClosed: false,
    subarray: (start, end) => bytes.slice(start, end),
    gather(into, features, order, start, end) {
      for (let i = start; i < end; i++)
        into.set(bytes.subarray(order[i] * features, (order[i] + 1) * features), (i - start) * features);
    },
    close() {
      this.isClosed = true;
    },
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

  test('are those of the order, of any kind of array and divisor, in memory or not', () => {
    const bytes = bytesOf(7 * 5);
    for (const divisor of [1, 4, 255]) {
      for (const inputs of [bytes, stored(bytes), Float32Array.from(bytes), Float64Array.from(bytes)]) {
        const examples = examplesOf(inputs, 5, divisor);
        for (const [start, end] of [
          [0, 7],
          [2, 5],
          [6, 7],
          [3, 3],
        ]) {
          // prettier-ignore
          const expected = precise(wanted(bytes, examples, order.slice(start, end)));
          expect(Array.from(gatherInputs(examples, order, start, end))).toEqual(expected);
          expect(Array.from(gatherInputs(madeReady(examples), order, start, end))).toEqual(expected);
        }
      }
    }
  });

  test('are made ready once where there is room for them, which leaves the data as it was', () => {
    const examples = examplesOf(bytesOf(6), 2, 2);
    const bytes = 6 * (backend === 'float64' ? 8 : 4);
    const ready = madeReady(examples, bytes);
    expect([ready.divisor, Array.from(ready.inputs as Uint8Array)]).toEqual([
      1,
      wanted(bytesOf(6), examples, [0, 1, 2]),
    ]);
    expect(examples).toEqual(examplesOf(bytesOf(6), 2, 2));
    expect(madeReady(examples, bytes - 1)).toBe(examples);
    const onDisk = examplesOf(stored(bytesOf(6)), 2, 2);
    expect(madeReady(onDisk)).toBe(onDisk);
  });

  test('become a batch with one column a class, one number of two classes, or the number to predict', () => {
    const examples = examplesOf(bytesOf(14), 2, 1);
    const made = (task: 'binary' | 'multiclass' | 'regression', given = examples) => {
      const { x, y, labels } = makeBatch(given, { task, classes: 3 }, order, 1, 4);
      const found = [x.shape, Array.from(valuesOf(x)), y.shape, Array.from(valuesOf(y)), labels] as const;
      disposeBatch({ x, y, labels });
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
    const whole = keptBatch(examples, { task: 'multiclass', classes: 3 });
    expect(Array.from(whole.labels)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(Array.from(valuesOf(whole.y)).slice(0, 9)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(keptBatch(examples, { task: 'binary', classes: 2 }, [2]).labels).toEqual(Uint8Array.of(2));
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

test('what is on a disk comes in pieces of whole rows of a megabyte, and is closed in the end', () => {
  expect([rowsAtOnce(1), rowsAtOnce(3), rowsAtOnce(2 ** 20), rowsAtOnce(2 ** 21)]).toEqual([
    2 ** 20,
    349525,
    1,
    1,
  ]);
  const features = 2 ** 19;
  const bytes = new Uint8Array(5 * features);
  for (let row = 0; row < 5; row++) bytes.fill(row + 1, row * features, (row + 1) * features);
  const inputs = stored(bytes);
  const examples = examplesOf(inputs, features, 1);
  const pieces = Array.from(piecesOf(examples), (piece) => [piece.length / features, piece[0], piece.at(-1)]);
  expect(pieces).toEqual([[2, 1, 2], [2, 3, 4], [1, 5, 5]]); // prettier-ignore
  const whole = Array.from(piecesOf(examplesOf(stored(bytes.subarray(0, 2 * features)), features, 1)));
  expect(whole.map(({ length }) => length)).toEqual([2 * features]);
  expect(Array.from(piecesOf(examplesOf(bytes, features, 1)))).toEqual([bytes]);

  const data = {
    name: 'x',
    source: 'dir',
    files: [],
    classNames: ['a', 'b', 'c'],
    preprocessing: { kind: 'none' },
  } as const;
  const inMemory = examplesOf(Uint8Array.of(1), 1, 1);
  const dataset = { ...data, files: [], classNames: [...data.classNames], train: inMemory, test: examples };
  const told: number[] = [];
  const wide = features + 1;
  const two = examplesOf(stored(bytes.map((_, i) => (i < wide ? 1 : 3)).subarray(0, 2 * wide)), wide, 1);
  const [, { name, ...figures }] = summarise(
    { ...dataset, test: two },
    {
      update: (_, done, total = NaN) => void (total > 2 && told.push(done / wide, total / wide)),
      finish: () => undefined,
      note: () => undefined,
    },
  );
  expect(told).toEqual([1, 4, 2, 4, 3, 4, 4, 4]);
  expect({ name, ...figures }).toEqual({
    ...{ name: 'test', rows: 2, perClass: [1, 1, 0], missing: 0, constantFeatures: 0 },
    range: { minimum: 1, maximum: 3, mean: 2, deviation: 1 },
  });
  expect([isStored(dataset), isStored({ ...dataset, test: inMemory })]).toEqual([true, false]);
  expect(isStored({ ...dataset, test: inMemory, validation: examples })).toBe(true);
  closeDataset(dataset);
  expect(inputs.isClosed).toBe(true);
});
