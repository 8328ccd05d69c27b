import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import { reluGradient } from '../../../../src/model/index.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { tensorOf } from '../../../../src/utils/tensors.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';

beforeAll(async () => {
  await useBackend('wasm');
});

const operations: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  square: (a) => tf.square(a),
  maximum: tf.maximum,
  minimum: tf.minimum,
};

const tensor = (shape: number[], seed: number): Tensor =>
  tensorOf(new RandomState(seed).randn(tf.util.sizeFromShape(shape)), shape);

/** What both backends give. */
async function onBoth(compute: () => Tensor) {
  const results = [];
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    results.push(
      tf.tidy(() => {
        const result = compute();
        return { shape: result.shape, dtype: result.dtype, values: Array.from(result.dataSync()) };
      }),
    );
  }
  return results;
}

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
  const size = fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 21);
  const shapes = fc.tuple(size, size).chain(([m, n]) => {
    const shape = fc.constantFrom(...shapesFor(m, n));
    return fc.tuple(shape, shape);
  });
  await fc.assert(
    fc.asyncProperty(shapes, fc.constantFrom(...Object.keys(operations)), async ([left, right], name) => {
      const [cpu, wasm] = await onBoth(() => operations[name](tensor(left, 1), tensor(right, 2)));
      expect(wasm).toEqual(cpu);
    }),
    { numRuns: 250 },
  );
});

test('whole numbers are left to the package, and infinities and NaN are what they are elsewhere', async () => {
  const special = [0, -0, 1, Infinity, -Infinity, NaN, 1e-45, 3e38];
  for (const operation of Object.values(operations)) {
    const [cpu, wasm] = await onBoth(() => operation(tf.tensor2d(special, [8, 1]), tf.tensor1d(special)));
    expect(wasm).toEqual(cpu);
    const integers = await onBoth(() =>
      operation(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([3, 4], 'int32')),
    );
    expect(integers[1]).toEqual(integers[0]);
    expect(integers[1].dtype).toBe('int32');
  }
});

const smallShape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const counted = (shape: number[], dtype: 'float32' | 'int32'): Tensor =>
  tf
    .range(1, tf.util.sizeFromShape(shape) + 1)
    .reshape(shape)
    .cast(dtype);

test('repeated along any dimensions, numbers and whole numbers', async () => {
  const cases = smallShape.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      repetitions: fc.tuple(...shape.map(() => fc.constantFrom(1, 1, 2, 3))),
      dtype: fc.constantFrom('float32', 'int32'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, repetitions, dtype }) => {
      const [cpu, wasm] = await onBoth(() => counted(shape, dtype).tile(repetitions));
      expect(wasm).toEqual(cpu);
    }),
    { numRuns: 60 },
  );
});

test('summed along any dimensions, numbers and whole numbers', async () => {
  const cases = smallShape.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.oneof(
        fc.constant(undefined),
        fc.subarray(
          shape.map((_, d) => d),
          { minLength: 1 },
        ),
      ),
      keepDims: fc.boolean(),
      dtype: fc.constantFrom('float32', 'int32'),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, axes, keepDims, dtype }) => {
      const [cpu, wasm] = await onBoth(() => counted(shape, dtype).sum(axes, keepDims));
      expect(wasm).toEqual(cpu);
    }),
    { numRuns: 60 },
  );
});

test.each([1, 3, 4, 5, 8, 21])(
  '%i upstream go on where a ReLU let something through, and only there',
  (count) => {
    const upstream = tensor([count], 3);
    const given = Array.from({ length: count }, (_, i) => [0, 2.5, -0, 1e-45, -3, Infinity, -1e-45][i % 7]);
    const [moved] = [reluGradient(upstream, tf.tensor1d(given))].map((found) => Array.from(found.dataSync()));
    const known = Array.from(upstream.dataSync());
    expect(moved).toEqual(given.map((y, i) => (y > 0 ? known[i] : 0)));
  },
);
