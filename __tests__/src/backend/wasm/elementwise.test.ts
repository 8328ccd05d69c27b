import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import { RandomState } from '../../../../src/core/random.ts';
import { tensorOf } from '../../../../src/core/tensors.ts';
import { tf, type Tensor } from '../../../../src/core/tf.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

const operations: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  square: (a) => tf.square(a),
};

const tensor = (shape: number[], seed: number): Tensor =>
  tensorOf(new RandomState(seed).randn(tf.util.sizeFromShape(shape)), shape);

/** What goes with a matrix `[m, n]`, and shapes of other ranks that TensorFlow.js's own kernels still serve. */
const shapesFor = (m: number, n: number): number[][] => [
  [m, n],
  [n],
  [1, n],
  [m, 1],
  [],
  [1],
  [1, 1],
  [2, m, n],
  [2, 1, n],
  [2, 1, 1],
];

test('equal the cpu backend to the last bit for every pair of shapes that go together', async () => {
  const size = fc.constantFrom(1, 2, 3, 4, 5, 8, 21);
  await fc.assert(
    fc.asyncProperty(size, size, fc.constantFrom(...Object.keys(operations)), async (m, n, name) => {
      const results: Record<string, number[][]> = { wasm: [], cpu: [] };
      for (const backend of Object.keys(results)) {
        await tf.setBackend(backend);
        for (const left of shapesFor(m, n)) {
          for (const right of shapesFor(m, n)) {
            tf.tidy(() => {
              const result = operations[name](tensor(left, 1), tensor(right, 2));
              results[backend].push([...result.shape, NaN, ...result.dataSync()]);
            });
          }
        }
      }
      await tf.setBackend('wasm');
      expect(results.wasm).toEqual(results.cpu);
    }),
    { numRuns: 12 },
  );
});

test('whole numbers are left to the package, and infinities and NaN are what they are elsewhere', async () => {
  const special = [0, -0, 1, Infinity, -Infinity, NaN, 1e-45, 3e38];
  const all: Record<string, number[][]> = { wasm: [], cpu: [] };
  for (const backend of Object.keys(all)) {
    await tf.setBackend(backend);
    for (const operation of Object.values(operations)) {
      tf.tidy(() => {
        const [column, row] = [tf.tensor2d(special, [8, 1]), tf.tensor1d(special)];
        all[backend].push([...operation(column, row).dataSync()]);
        const integers = operation(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32'));
        expect(integers.dtype).toBe('int32');
        all[backend].push([...integers.dataSync()]);
      });
    }
  }
  await tf.setBackend('wasm');
  expect(all.wasm).toEqual(all.cpu);
});
