import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { namesColumns, parseCsv, parseNumber } from '../../../../src/data/formats/csv.ts';
import { InputError } from '../../../../src/utils/errors.ts';

const csv = (text: string) => parseCsv(new TextEncoder().encode(text), 'a.csv');

test('lines keep their numbers across empty lines, whatever the line ends', () => {
  expect(csv('\uFEFF1, 2\r\n\r\n3,"4"\r\n')).toEqual([
    { line: 1, cells: ['1', '2'] },
    { line: 3, cells: ['3', '4'] },
  ]);
});

test('line ends may be mixed', () => {
  expect(csv('1,2\n3,"4"\r\n\r\n5,"6"\n7,8\r9,0').map(({ cells }) => cells.join())).toEqual([
    '1,2',
    '3,4',
    '5,6',
    '7,8',
    '9,0',
  ]);
});

test('text without quotes is read as text with quotes: same lines, cells and spaces', () => {
  const signs = fc.constantFrom(
    'a',
    '1.50',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    ',',
    '\u00a0',
    '\v',
    '\f',
    '\u2028',
    'é',
    '',
  );
  const texts = fc.string({ unit: signs, maxLength: 12 });
  fc.assert(
    fc.property(texts, fc.constantFrom(',', '\t'), (text, delimiter) => {
      const read = (last: string) =>
        parseCsv(new TextEncoder().encode(`${text}\n${last}`), 'a.csv', delimiter);
      expect(read('q')).toEqual(read('"q"'));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['', 'a.csv: the file is empty, expected a table'],
  [' \n\n', 'a.csv: the file is empty, expected a table'],
  ['1,2\n3,"4\n', 'a.csv, line 2: this is not CSV (a quote is opened and never closed)'],
  ['1,2\n3,"4"5\n', 'a.csv, line 2: this is not CSV (a quote stands in the wrong place)'],
  ['1'.repeat(200_000), 'a.csv, line 1: this is not CSV (the line is longer than 100000 characters)'],
])('%j', (text, message) => {
  expect(() => csv(text)).toThrow(new InputError(message));
});

test('bytes that are no text', () => {
  expect(() => parseCsv(Uint8Array.of(0x31, 0xff, 0xfe), 'a.csv')).toThrow(
    new InputError('a.csv: this is not a text file in UTF-8'),
  );
});

describe('numbers', () => {
  const number = (cell: string) => parseNumber({ line: 7, cells: ['x', cell] }, 1, 'a.csv');

  test.each(['0', '-1.5', '+2.', '.5', '1e-3', '4E+2', '1e308'])('%s', (cell) => {
    expect(number(cell)).toBe(Number(cell));
  });

  test.each(['NaN', 'inf', 'Infinity', '1e999', '0x10', '1_000', '1,5', 'e5', '.', '1 2', '−1'])(
    '%s is refused by name',
    (cell) => {
      expect(() => number(cell)).toThrow(
        new InputError(`a.csv, line 7, column 2: "${cell}" is not a finite number`),
      );
    },
  );

  test('missing and endless cells', () => {
    expect(() => number('')).toThrow(new InputError('a.csv, line 7, column 2: the value is missing'));
    expect(() => number('z'.repeat(99))).toThrow(`"${'z'.repeat(40)}…" is not a finite number`);
  });
});

describe('names of columns', () => {
  const isNames = (text: string) => namesColumns(csv(text)[0]);

  test.each(['a,b', ',b', '"x, y",.z', 'NaN,inf', '-,b', '0,1,2,3', '1,2,3,4'])('%j', (text) => {
    expect(isNames(text)).toBe(true);
  });

  test.each(['1,2', 'o,2', '2x,o', '-.1.,b', '"0,5",b', '+1,b', ',', '0,1,2', '0,1,2,4'])(
    '%j are none',
    (text) => {
      expect(isNames(text)).toBe(false);
    },
  );
});
