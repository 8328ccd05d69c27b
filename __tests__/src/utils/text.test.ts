import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { InputError } from '../../../src/utils/errors.ts';
import {
  counted,
  dashed,
  listText,
  lookup,
  percent,
  shellWord,
  tableText,
  withoutControls,
  wrap,
} from '../../../src/utils/text.ts';

test('numbers and names read well', () => {
  expect([0, 0.12345, 1].map((share) => percent(share))).toEqual(['0.00 %', '12.35 %', '100.00 %']);
  expect(percent(0.5, 0)).toBe('50 %');
  expect([0, 1, 2].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
  expect(dashed('learningRate')).toBe('learning-rate');
});

test('control characters are replaced, joiners of emoji and Persian are kept', () => {
  expect(withoutControls('a\x1b[2J\u202eb\n\t👨\u200d👩\u200d👧 می\u200cخواهم 한국어')).toBe(
    'a?[2J?b\n\t👨\u200d👩\u200d👧 می\u200cخواهم 한국어',
  );
});

test('a shell reads back every word', () => {
  const words = fc
    .sample(fc.string({ unit: 'binary-ascii' }), { numRuns: 300, seed: 7 })
    .map((word) => word.replaceAll('\0', ''));
  const script = `printf '%s\\0' ${words.map(shellWord).join(' ')}`;
  expect(execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(words);
});

test('a text is broken at words, a long word is not, and nothing is lost', () => {
  expect(wrap('  one two three', 9)).toEqual(['  one two', '    three']);
  expect(wrap('one two three', 7, 0)).toEqual(['one two', 'three']);
  const words = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 40 }), (words, width) => {
      const lines = wrap(words.join(' '), width);
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
      for (const line of lines) if (line.length > width) expect(line.trim()).not.toContain(' ');
    }),
  );
});

test('a thing is found by its own name, and by no other', () => {
  const all = { one: 1, two: 2 };
  expect(lookup('number', all, 'two')).toBe(2);
  for (const name of ['three', 'constructor', '__proto__', '', 5, undefined, ['one']]) {
    expect(() => lookup('number', all, name)).toThrow(InputError);
  }
  expect(() => lookup('number', all, 'a\x1bb')).toThrow('Unknown number "a?b". Known: one, two.');
});

test('tables and lists are aligned and at most as wide as allowed', () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  const word = fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', ' '));
  const columns = ['a', 'b', 'c'].map((title) => ({ title }));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { minLength: 1 }), (rows) => {
      expect(widest(tableText(columns, rows))).toBeLessThanOrEqual(80);
    }),
  );
  const table = tableText([{ title: 'name' }, { title: 'n', right: true }], [['one', '1'], ['eleven', '11']]); // prettier-ignore
  expect(table).toBe('name     n\none      1\neleven  11');
  const list = listText([['a', 'one two three'], ['bb', 'four']], { width: 14 }); // prettier-ignore
  expect(list).toBe('  a   one two\n      three\n  bb  four');
});
