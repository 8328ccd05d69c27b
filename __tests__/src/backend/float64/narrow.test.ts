import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  columnSums,
  narrowProduct,
  narrowTransposedProduct,
} from '../../../../src/backend/float64/narrow.ts';
import { RandomState } from '../../../../src/utils/random.ts';

const size = fc.integer({ min: 1, max: 5 });
const numbers = (count: number, seed: number) => new RandomState(seed).randn(count);

/** The definition: out[row, column] = Σ left(row, p)·right(p, column). */
const product = (
  { m, n, k }: Record<'m' | 'n' | 'k', number>,
  left: (row: number, p: number) => number,
  right: (p: number, column: number) => number,
): number[] =>
  Array.from({ length: m * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    let sum = 0;
    for (let p = 0; p < k; p++) sum += left(row, p) * right(p, column);
    return sum;
  });

const close = (values: number[]): unknown[] => values.map((value) => expect.closeTo(value, 12));

test('a product of one or two columns, b turned or not', () => {
  fc.assert(
    fc.property(size, size, fc.constantFrom(1, 2), fc.boolean(), (m, n, k, transposeB) => {
      const [a, b] = [numbers(m * k, 1), numbers(k * n, 2)];
      const out = new Float64Array(m * n);
      narrowProduct(a, b, out, { m, n, k, transposeB });
      const expected = product(
        { m, n, k },
        (row, p) => a[row * k + p],
        (p, column) => (transposeB ? b[column * k + p] : b[p * n + column]),
      );
      expect(Array.from(out)).toEqual(close(expected));
    }),
  );
});

test('a transposed product, and sums of columns, of odd and even sizes', () => {
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 30 }), (k, n, m) => {
      const [a, b] = [numbers(m * k, 1), numbers(m * n, 2)];
      const [out, sums] = [new Float64Array(k * n), new Float64Array(n)];
      narrowTransposedProduct(a, b, out, { m, n, k });
      columnSums(b, sums, m, n);
      const at = (p: number, column: number) => b[p * n + column];
      const expected = product({ m: k, n, k: m }, (row, p) => a[p * k + row], at);
      expect(Array.from(out)).toEqual(close(expected));
      expect(Array.from(sums)).toEqual(close(product({ m: 1, n, k: m }, () => 1, at)));
    }),
  );
});
