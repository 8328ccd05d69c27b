import { describe, expect, test } from '@jest/globals';
import { examplesFromSequences, examplesFromText } from '../../../src/data/sequences.ts';
import { baselinesOf, namedBaselines } from '../../../src/evaluation/ngrams.ts';
import { RandomState } from '../../../src/utils/random.ts';

const symbols = (count: number) => Array.from({ length: count }, (_, i) => String.fromCodePoint(0x4e00 + i));

/** By substrings and sums, sequence by sequence: nothing of the implementation. */
function lossBy(train: number[][], test: number[][], size: number, previous: number, smoothing: number) {
  const contextOf = (sequence: number[], t: number, k: number) =>
    [...Array.from({ length: k }, () => -1), ...sequence.slice(0, t)].slice(sequence.slice(0, t).length);
  const seen = (context: number[], k: number) =>
    train.flatMap((sequence) =>
      sequence.filter((_, t) => t > 0 && contextOf(sequence, t, k).join() === context.join()),
    );
  const probability = (sequence: number[], t: number, k: number): number => {
    if (k < 0) return 1 / size;
    const followers = seen(contextOf(sequence, t, k), k);
    const n = followers.filter((token) => token === sequence[t]).length;
    return (n + smoothing * probability(sequence, t, k - 1)) / (followers.length + smoothing);
  };
  const losses = test.flatMap((sequence) =>
    sequence.slice(1).map((_, t) => -Math.log(probability(sequence, t + 1, previous))),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

describe('baselines from counts', () => {
  test('are those of a computation by hand', () => {
    // Two symbols and the boundary 2: one sequence "0 1" and its repetition.
    const train = examplesFromSequences(
      Array.from({ length: 20 }, () => [0, 1]),
      2,
      4,
    );
    const unlike = examplesFromSequences([[1]], 2, 4);
    const { uniform, ngrams } = baselinesOf({ train, test: unlike, classNames: symbols(3) });
    expect(uniform).toBeCloseTo(Math.log(3), 12);
    const { previous, smoothing: λ } = ngrams;
    expect([previous, λ]).toEqual([5, 0.25]);
    // 60 targets, of each symbol a third. After the boundary came 20 times 0, so 1 is 0 + λ·p of 20 + λ, as often as the
    // context was made longer; the first two of five contexts exist, the longer ones are the same beginning.
    const after = (n: number, N: number, p: number) => (n + λ * p) / (N + λ);
    let first = after(20, 60, 1 / 3);
    for (let k = 1; k <= 5; k++) first = after(0, 20, first);
    // After 1 at the second place came 20 times the boundary; no longer context was seen, for before it stood another beginning.
    const second = after(20, 20, after(20, 60, 1 / 3));
    expect(ngrams.loss).toBeCloseTo(-(Math.log(first) + Math.log(second)) / 2, 12);
  });

  test.each([
    ['a small alphabet', [0, 1, 2], 4],
    ['the largest alphabet', [0, 1, 300, 600, 32764, 32765], 32767],
  ])('are those of counting substrings, sequence by sequence: %s', (_, letters, size) => {
    const random = new RandomState(1);
    const sequences = Array.from({ length: 60 }, () => {
      const [length] = random.randint(1, 7, 1);
      return Array.from(random.choice(letters.length, length), (letter) => letters[letter]);
    });
    const boundary = size - 1;
    const [train, test] = [sequences.slice(0, 50), sequences.slice(50)];
    const { ngrams } = baselinesOf({
      train: examplesFromSequences(train, boundary, 8),
      test: examplesFromSequences(test, boundary, 8),
      classNames: symbols(size),
    });
    const bounded = (all: number[][]) => all.map((sequence) => [boundary, ...sequence, boundary]);
    const byHand = lossBy(bounded(train), bounded(test), size, ngrams.previous, ngrams.smoothing);
    expect(ngrams.loss).toBeCloseTo(byHand, 12);
  });

  test('count each token of a text once, however its rows overlap, and say so when they leave some out', () => {
    const tokens = Int16Array.from({ length: 3000 }, (_, i) => (i * i) % 7);
    const rows = (stride: number) => ({
      train: examplesFromText(tokens.subarray(0, 2001), 10, stride, 'a text'),
      test: examplesFromText(tokens.subarray(2000), 10, 10, 'a text'),
      classNames: symbols(7),
    });
    expect(baselinesOf(rows(1))).toEqual(baselinesOf(rows(10)));
    expect(baselinesOf(rows(1)).ngrams.loss).toBeLessThan(0.1);
    expect(baselinesOf(rows(1), 500).ngrams).toMatchObject({ counted: 500 });
    expect(baselinesOf(rows(1), 500).ngrams.loss).toBeGreaterThan(baselinesOf(rows(1)).ngrams.loss);
  });

  test('have names with the number of previous characters, and the entropy where it is known', () => {
    const ngrams = { previous: 1, smoothing: 1, loss: 2 };
    expect(namedBaselines({ uniform: 3, ngrams, entropy: 1 })).toEqual({
      uniform: 3,
      '1 previous character': 2,
      'least possible': 1,
    });
  });
});
