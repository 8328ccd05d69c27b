/** Gathering and slicing on wasm against the same on cpu: numbers are only copied, so that they are equal. */
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../../src/backend/index.ts';
import { tf } from '../../../../src/utils/tf.ts';

beforeAll(() => useBackend('wasm'));

interface Case {
  shape: number[];
  axis: number;
  batchDims: number;
  places: number[];
  dtype: 'float32' | 'int32';
}

/** What a backend gathers. */
async function gathered(backend: 'wasm' | 'cpu', { shape, axis, batchDims, places, dtype }: Case) {
  await tf.setBackend(backend);
  return tf.tidy(() => {
    const x = tf.range(0, tf.util.sizeFromShape(shape)).reshape(shape).cast(dtype);
    const rows = shape.slice(0, batchDims);
    const count = tf.util.sizeFromShape(rows);
    const all = Array.from({ length: count * places.length }, (_, i) => places[(i * 7) % places.length]);
    const indices = tf.tensor(all, [...rows, places.length], 'int32');
    const result = tf.gather(x, indices, axis, batchDims);
    return { shape: result.shape, dtype: result.dtype, values: Array.from(result.dataSync()) };
  });
}

test('any axis, any batch dimensions, numbers and whole numbers', async () => {
  const cases = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) =>
    fc.nat(shape.length - 1).chain((axis) =>
      fc.record<Case>({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        batchDims: fc.nat(axis),
        places: fc.array(fc.nat(shape[axis] - 1), { minLength: 1, maxLength: 6 }),
        dtype: fc.constantFrom('float32', 'int32'),
      }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      expect(await gathered('wasm', given)).toEqual(await gathered('cpu', given));
    }),
    { numRuns: 80 },
  );
});

test('a place that there is not', async () => {
  await tf.setBackend('wasm');
  const x = tf.ones([3, 2]);
  for (const place of [3, -1]) {
    expect(() => tf.gather(x, tf.tensor1d([0, place], 'int32'))).toThrow(
      `index ${place} is out of range along a dimension of 3`,
    );
  }
});

test('rows go back to where they were gathered, what has a negative number is left out', async () => {
  const cases = fc.record({
    rows: fc.integer({ min: 1, max: 5 }),
    inner: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    ids: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 5, maxLength: 5 }),
  });
  await tf.setBackend('wasm');
  fc.assert(
    fc.property(cases, ({ rows, inner, ids }) => {
      const size = tf.util.sizeFromShape(inner);
      const expected = new Array<number>(4 * size).fill(0);
      for (let i = 0; i < rows * size; i++) {
        const id = ids[Math.floor(i / size)];
        if (id >= 0) expected[id * size + (i % size)] += i + 1;
      }
      const sums = tf.tidy(() => {
        const x = tf.range(1, rows * size + 1).reshape([rows, ...inner]);
        const made = tf.unsortedSegmentSum(x, tf.tensor1d(ids.slice(0, rows), 'int32'), 4);
        return { shape: made.shape, values: Array.from(made.dataSync()) };
      });
      expect(sums).toEqual({ shape: [4, ...inner], values: expected });
    }),
  );
});

test('part of a matrix', async () => {
  const length = fc.integer({ min: 1, max: 6 });
  const cases = fc.tuple(length, length).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      begin: fc.tuple(...shape.map((each) => fc.nat(each - 1))),
      ends: fc.tuple(...shape.map(() => fc.integer({ min: -1, max: 6 }))),
    }),
  );
  await tf.setBackend('wasm');
  fc.assert(
    fc.property(cases, ({ shape: [rows, columns], begin: [top, left], ends }) => {
      // −1 stands for all that is left.
      const size = ends.map((end, d) => Math.min(end, [rows - top, columns - left][d]));
      const counts = size.map((each, d) => (each < 0 ? [rows - top, columns - left][d] : each));
      const expected = Array.from({ length: counts[0] * counts[1] }, (_, i) => {
        const [row, column] = [Math.floor(i / counts[1]), i % counts[1]];
        return (top + row) * columns + left + column;
      });
      const made = tf.tidy(() => {
        const x = tf.range(0, rows * columns).reshape([rows, columns]);
        const part = tf.slice(x, [top, left], size);
        return { shape: part.shape, values: Array.from(part.dataSync()) };
      });
      expect(made).toEqual({ shape: counts, values: expected });
    }),
  );
  expect(() => tf.slice(tf.ones([2, 3]), [1, 2], [1, 2])).toThrow();
});

test('segments that there are not, and whole numbers', async () => {
  await tf.setBackend('wasm');
  const ids = tf.tensor1d([0, 2], 'int32');
  expect(() => tf.unsortedSegmentSum(tf.ones([2]), ids, 2)).toThrow(
    'unsortedSegmentSum: segment 2 is none of 2 segments',
  );
  expect(() => tf.unsortedSegmentSum(tf.ones([2], 'int32'), ids, 3)).toThrow(
    "unsortedSegmentSum on wasm takes float32 only, not int32: use tf.cast(x, 'float32')",
  );
});
