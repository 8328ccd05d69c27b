import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { guardMemory } from '../../../src/backend/wasm.ts';
import { InputError } from '../../../src/errors.ts';
import { RandomState } from '../../../src/random.ts';
import { markUnchanging, tensorOf } from '../../../src/tensors.ts';
import { tf } from '../../../src/tf.ts';

beforeAll(async () => {
  await useBackend('wasm');
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

describe('repaired matMul', () => {
  test('a fused bias with transposeB is added once; unrepaired, [3,60]·[4,60]ᵀ gets it twice', async () => {
    const [wasm, cpu] = await onBoth(() =>
      tf.fused.matMul({
        a: tf.ones([3, 60]),
        b: tf.fill([4, 60], 1 / 60),
        transposeB: true,
        bias: tf.fill([4], 10),
      }),
    );
    expect(Array.from(cpu)).toEqual(new Array(12).fill(expect.closeTo(11, 4)));
    expect(Array.from(wasm)).toEqual(new Array(12).fill(expect.closeTo(11, 4)));
  });

  test('agrees with the cpu backend where data is marked as unchanging, and gives its memory back', async () => {
    // Single rows and columns are taken differently: have many.
    const size = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 30 }));
    await fc.assert(
      fc.asyncProperty(size, size, size, async (rows, features, outputs) => {
        const before = tf.memory().numDataBuffers;
        const [wasm, cpu] = await onBoth(() => {
          const x = markUnchanging(matrix(rows, features, 1));
          const slope = matrix(rows, outputs, 2);
          const weights = matrix(features, outputs, 3);
          const bias = tensorOf(new RandomState(4).randn(outputs), [outputs]);
          // Twice, for the second time finds what the first has kept.
          const layers = [1, 2].map(() => tf.fused.matMul({ a: x, b: weights, bias }).flatten());
          const products = [1, 2].map(() => x.matMul(weights).flatten());
          const gradients = [1, 2].map(() => tf.matMul(x, slope, true).flatten());
          return tf.concat([...layers, ...products, ...gradients, ...products, slope.sum(0)]);
        });
        wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 3));
        expect(tf.memory().numDataBuffers).toBe(before);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('multiplies by one vector as a column and as a row', async () => {
    const [wasm, cpu] = await onBoth(() => {
      const [a, b] = [matrix(1, 15, 1).as1D(), matrix(1, 15, 2).as1D()];
      return tf.concat([a.dot(b).reshape([1]), tf.outerProduct(a, b).flatten(), a.dot(b).reshape([1])]);
    });
    wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 4));
  });

  test('takes one matrix as it is and transposed, columns and rows too', async () => {
    for (const [k, n] of [
      [2, 1],
      [1, 2],
      [3, 4],
    ]) {
      const [wasm, cpu] = await onBoth(() => {
        const weights = matrix(k, n, 1);
        const layer = matrix(5, k, 2).matMul(weights);
        return tf.concat([layer.flatten(), tf.matMul(layer, weights, false, true).flatten()]);
      });
      wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 5));
    }
  });

  test('remembers the transpose of a matrix for its shape, not for its numbers', async () => {
    const [wasm, cpu] = await onBoth(() => {
      const wide = matrix(40, 60, 1);
      const tall = wide.reshape([60, 40]);
      return tf.concat([
        ...[wide, tall].map((x) => tf.matMul(x, matrix(x.shape[0], 50, 2), true).flatten()),
        ...[wide, tall].map((x) => x.sum(0).as1D()),
      ]);
    });
    wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 3));
  });

  test('multiplies a transpose by a column, few rows or many', async () => {
    const size = fc.constantFrom(1, 2, 4, 5, 300, 2000);
    await fc.assert(
      fc.asyncProperty(size, fc.integer({ min: 1, max: 6 }), async (rows, columns) => {
        const [wasm, cpu] = await onBoth(() =>
          tf.matMul(matrix(rows, columns, 1), matrix(rows, 1, 2), true).flatten(),
        );
        wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 3));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  test('agrees with the cpu backend for all shapes and transpositions', async () => {
    const size = fc.integer({ min: 1, max: 60 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        async (n, k, m, transposeA, transposeB) => {
          const [wasm, cpu] = await onBoth(() => {
            const a = transposeA ? matrix(k, n, 1) : matrix(n, k, 1);
            const b = transposeB ? matrix(m, k, 2) : matrix(k, m, 2);
            return tf.matMul(a, b, transposeA, transposeB);
          });
          wasm.forEach((value, i) => expect(value).toBeCloseTo(cpu[i], 3));
        },
      ),
      { seed: 1, numRuns: 25 },
    );
  });

  test('leaves no tensor behind', () => {
    const before = tf.memory();
    tf.tidy(() => tf.matMul(tf.ones([5, 3]), tf.ones([5, 2]), true, false).dataSync());
    expect(tf.memory()).toEqual(before);
  });
});

test('an allocation beyond the budget is refused with a sentence, and what is freed counts as free', () => {
  const moved: number[][] = [];
  const backend = {
    move: (_dataId: object, _values: unknown, shape: number[]) => void moved.push(shape),
    disposeData: () => true,
  };
  guardMemory(backend, 1000);
  const first = {};
  backend.move(first, null, [100]);
  expect(() => backend.move({}, null, [200])).toThrow(InputError);
  expect(() => backend.move({}, null, [200])).toThrow(/shape \[200\] needs .* --batch-size/);
  (backend.disposeData as (dataId: object) => boolean)(first);
  backend.move({}, null, [200]);
  expect(moved).toEqual([[100], [200]]);
});
