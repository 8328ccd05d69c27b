import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { approximateMode, stratifiedSplit } from '../../../src/data/splits.ts';
import { RandomState } from '../../../src/utils/random.ts';

/**
 * Rows of scikit-learn's breast_cancer.csv, written by
 *   x, x_test, y, y_test = train_test_split(rows, labels, stratify=labels, test_size=0.2, random_state=42)
 *   x_train, x_val, … = train_test_split(x, y, stratify=y, test_size=0.2, random_state=42)
 * and the labels of all 569 rows, one digit each.
 */
const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/breast-cancer-split.json', import.meta.url), 'utf8'),
) as { labels: string; train: number[]; validation: number[]; test: number[] };

test("document 003's two splits are scikit-learn's, row for row", () => {
  const labels = Uint8Array.from(fixture.labels, Number);
  const first = stratifiedSplit(labels, 0.2, new RandomState(42));
  expect(Array.from(first.test)).toEqual(fixture.test);
  const second = stratifiedSplit(
    Uint8Array.from(first.train, (row) => labels[row]),
    0.2,
    new RandomState(42),
  );
  expect(Array.from(second.train, (i) => first.train[i])).toEqual(fixture.train);
  expect(Array.from(second.test, (i) => first.train[i])).toEqual(fixture.validation);
});

/**
 * train_test_split(np.arange(len(labels)), stratify=labels, test_size=share, random_state=seed) of scikit-learn:
 * several classes, ties between remainders, a class of two rows.
 */
test.each([
  {
    labels: [1, 2, 2, 0, 1, 1, 2, 2, 0, 2, 0, 0, 0, 2, 1, 1, 2, 0, 0, 2, 2],
    share: 0.25,
    seed: 0,
    train: [7, 10, 15, 2, 8, 13, 14, 4, 16, 18, 11, 3, 19, 0, 1],
    held: [17, 12, 5, 9, 20, 6],
  },
  {
    labels: [0, 3, 1, 0, 1, 2, 1, 0, 3, 0, 3, 2, 2, 3, 2, 1],
    share: 0.3,
    seed: 1,
    train: [7, 5, 0, 15, 13, 1, 12, 14, 6, 3, 10],
    held: [11, 9, 4, 2, 8],
  },
  {
    labels: [0, 0, 1, 4, 0, 4, 1, 2, 2, 2, 3, 2, 3, 3, 1, 4, 0, 1, 3],
    share: 0.35,
    seed: 7,
    train: [17, 18, 1, 8, 15, 12, 2, 6, 7, 5, 16, 11],
    held: [3, 4, 13, 14, 0, 10, 9],
  },
  {
    labels: Array.from({ length: 32 }, (_, row) => (row === 11 || row === 25 ? 0 : 1)),
    share: 0.1,
    seed: 3,
    train: [
      30, 8, 9, 5, 6, 20, 28, 24, 17, 2, 12, 25, 23, 10, 19, 21, 0, 4, 29, 13, 14, 22, 1, 16, 18, 11, 7, 15,
    ],
    held: [31, 26, 3, 27],
  },
])('scikit-learn at seed $seed', ({ labels, share, seed, train, held }) => {
  const split = stratifiedSplit(Uint8Array.from(labels), share, new RandomState(seed));
  expect(Array.from(split.train)).toEqual(train);
  expect(Array.from(split.test)).toEqual(held);
});

/** The examples in the documentation of scikit-learn's `_approximate_mode`. */
test.each([
  { counts: [4, 2], draws: 3, seed: 0, mode: [2, 1] },
  { counts: [5, 2], draws: 4, seed: 0, mode: [3, 1] },
  { counts: [2, 2, 2, 1], draws: 2, seed: 0, mode: [0, 1, 1, 0] },
  { counts: [2, 2, 2, 1], draws: 2, seed: 42, mode: [1, 1, 0, 0] },
])('$draws of $counts at seed $seed', ({ counts, draws, seed, mode }) => {
  expect(approximateMode(counts, draws, new RandomState(seed))).toEqual(mode);
});

describe('laws', () => {
  const labels = fc.array(fc.integer({ min: 2, max: 40 }), { minLength: 2, maxLength: 5 }).chain((counts) =>
    fc.shuffledSubarray(
      counts.flatMap((count, k) => Array<number>(count).fill(k)),
      { minLength: counts.reduce((a, b) => a + b) },
    ),
  );

  test('every row is in exactly one part, and every class keeps its share within one row', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 0, max: 0xffffffff }), (drawn, seed) => {
        const all = Uint8Array.from(drawn);
        const classes = Math.max(...drawn) + 1;
        fc.pre(Math.ceil(0.3 * all.length) >= classes);
        const { train, test } = stratifiedSplit(all, 0.3, new RandomState(seed));
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(drawn.map((_, row) => row));
        for (let k = 0; k < classes; k++) {
          const count = drawn.filter((label) => label === k).length;
          const held = test.filter((row) => all[row] === k).length;
          expect(Math.abs(held - (count * test.length) / all.length)).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test.each([
    ['a class of one row', [0, 1, 1, 1, 1, 1, 1], 0.3],
    ['fewer held rows than classes', [0, 0, 1, 1, 2, 2], 0.2],
    ['no rows', [], 0.2],
    ['a share of 1', [0, 0, 1, 1], 1],
  ])('%s is refused', (_, few, share) => {
    expect(() => stratifiedSplit(Uint8Array.from(few), share, new RandomState(0))).toThrow(RangeError);
  });
});

test('splits as many rows as a table has', () => {
  const { train, test } = stratifiedSplit(new Uint8Array(300_000), 0.2, new RandomState(42));
  expect([train.length, test.length]).toEqual([240_000, 60_000]);
});
