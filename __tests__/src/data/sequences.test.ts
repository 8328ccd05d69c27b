import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { countTargets, disposeBatch, makeBatch, rowsApart } from '../../../src/data/batches.ts';
import { checkExamples } from '../../../src/data/check-dataset.ts';
import { alphabetOf, encode, examplesFromSequences, examplesFromText } from '../../../src/data/sequences.ts';

const anyText = fc.string({ unit: fc.constantFrom(...'abcxyz 가\n😀'), minLength: 1, maxLength: 40 });

test('an alphabet holds each character once, in the order of code points, and encodes its own texts', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1 }), (texts) => {
      const symbols = alphabetOf(texts, 'texts');
      expect(new Set(symbols)).toEqual(new Set(texts.flatMap((text) => [...text])));
      for (const text of texts) {
        expect(Array.from(encode(text, symbols, 'a text'), (token) => symbols[token]).join('')).toBe(text);
      }
    }),
  );
  expect(alphabetOf(['ba', 'a가😀'], 'x')).toEqual(['a', 'b', '가', '😀']);
});

test('a character that is not in the alphabet is named', () => {
  expect(() => encode('abc', ['a', 'b'], 'The prompt')).toThrow('The prompt has the character "c", which');
});

test('a control character is refused, but for line breaks and tabs', () => {
  expect(alphabetOf(['a\n\tb'], 'x')).toEqual(['\t', '\n', 'a', 'b']);
  expect(() => alphabetOf(['a\u001b[2J'], 'x.txt')).toThrow('x.txt has the control character "\\u001b"');
});

test('no text at all is an error', () => {
  expect(() => alphabetOf(['', ''], 'empty.txt')).toThrow('empty.txt has no characters.');
});

test('a sequence begins with the boundary, predicts each token and then the boundary, and is cut to the context', () => {
  const { inputs, labels, rows, features } = examplesFromSequences([[0, 1], [], [0, 1, 0, 1, 1]], 2, 4);
  expect([rows, features]).toEqual([3, 4]);
  expect(Array.from(inputs as Int16Array)).toEqual([2, 0, 1, 0, 2, 0, 0, 0, 2, 0, 1, 0]);
  expect(Array.from(labels)).toEqual([0, 1, 2, -1, 2, -1, -1, -1, 0, 1, 0, 1]);
});

test('every row of running text predicts its next characters, and rows begin at each stride', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(30),
      (context, stride, more) => {
        const tokens = Int16Array.from({ length: context + 1 + more }, (_, i) => i);
        const { rows, inputs, labels, ...rest } = examplesFromText(tokens, context, stride, 'book.txt');
        expect(rest).toMatchObject({ features: context, stride });
        for (let row = 0; row < rows; row++) {
          for (let t = 0; t < context; t++) {
            expect([inputs, labels].map((part) => (part as Int16Array)[row * stride + t])).toEqual([
              row * stride + t,
              row * stride + t + 1,
            ]);
          }
        }
        // The last row ends within the text, and one more would not.
        expect((rows - 1) * stride + context).toBeLessThan(tokens.length);
        expect(rows * stride + context).toBeGreaterThanOrEqual(tokens.length);
      },
    ),
  );
});

test('a text that is shorter than one row is refused with its length', () => {
  expect(() => examplesFromText(Int16Array.of(1, 2, 3), 3, 1, 'book.txt')).toThrow(
    'book.txt has 3 characters, too few for rows of 3',
  );
});

test('a batch ends with its last target and counts its targets', async () => {
  await useBackend('cpu');
  const examples = examplesFromSequences([[0, 1, 1], [1], []], 2, 8);
  const batch = makeBatch(examples, { task: 'next-token', classes: 3 }, [2, 1], 0, 2);
  expect([batch.x.dtype, batch.x.shape, Array.from(batch.x.dataSync())]).toEqual([
    'int32',
    [2, 2],
    [2, 0, 2, 1],
  ]);
  expect([batch.y.shape, Array.from(batch.y.dataSync()), batch.targets]).toEqual([[2, 2], [2, -1, 1, 2], 3]);
  disposeBatch(batch);
  expect(countTargets(examples)).toBe(7);
  expect(countTargets(examples, [0])).toBe(4);
});

test('rows apart do not overlap, spread over a whole text, and are all rows of a short one', () => {
  const text = examplesFromText(new Int16Array(3_000_001), 8, 1, 'book.txt');
  const rows = rowsApart(text);
  expect(rows).toHaveLength(2 ** 14);
  const gaps = Array.from(rows.subarray(1), (row, i) => row - rows[i]);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8);
  expect(rows.at(-1)! + Math.max(...gaps)).toBeGreaterThanOrEqual(text.rows - 1);
  const short = examplesFromSequences([[0], [1], [0, 1]], 2, 4);
  expect(Array.from(rowsApart(short))).toEqual([0, 1, 2]);
});

test('a token outside the alphabet, and too few tokens for the rows, are refused', () => {
  const examples = examplesFromSequences([[0, 1]], 2, 4);
  expect(() => checkExamples('data.train', examples, 3)).not.toThrow();
  expect(() => checkExamples('data.train', examples, 2)).toThrow(
    /token 1 or its label is not a symbol from 0 to 1/,
  );
  expect(() => checkExamples('data.train', { ...examples, rows: 2 }, 3)).toThrow(/needs 8 tokens/);
});
