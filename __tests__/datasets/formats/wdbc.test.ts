import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { drawBreastCancer } from '../../../datasets/built-in/breast-cancer.ts';
import { parseWdbc } from '../../../datasets/formats/wdbc.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { asCsv, asWdbc } from '../wdbc-text.ts';

const table = drawBreastCancer(1);
const parse = (text: string, layout: 'csv' | 'wdbc') =>
  parseWdbc(new TextEncoder().encode(text), 'file', layout);

test('both layouts give the same table', () => {
  for (const [layout, text, firstLine] of [
    ['csv', asCsv(table), 2],
    ['wdbc', asWdbc(table), 1],
  ] as const) {
    const { origin, ...examples } = parse(text, layout);
    expect(examples).toEqual(table);
    expect(origin!(5)).toEqual({ file: 'file', place: `line ${firstLine + 5}` });
  }
});

/** Line `line` of the file, counted from 1, with column `column` replaced. */
function changed(text: string, line: number, column: number, cell: string): string {
  const lines = text.split('\n');
  const cells = lines[line - 1].split(',');
  cells[column - 1] = cell;
  return lines.with(line - 1, cells.join(',')).join('\n');
}

describe('what is wrong is named with line and column', () => {
  const csv = asCsv(table);
  const wdbc = asWdbc(table);

  test.each([
    ['a missing cell', 3, 4, '', 'file, line 3, column 4: the value is missing'],
    ['a word', 9, 30, 'abc', 'file, line 9, column 30: "abc" is not a finite number'],
    ['an infinite number', 570, 1, '1e400', 'file, line 570, column 1: "1e400" is not a finite number'],
    [
      'an unknown label',
      5,
      31,
      '2',
      'file, line 5, column 31: unknown label "2", expected 0 (malignant) or 1',
    ],
    [
      'no label',
      5,
      31,
      '',
      'file, line 5, column 31: the label is missing, expected 0 (malignant) or 1 (benign)',
    ],
    ['one column more', 6, 31, '1,1', 'file, line 6: 32 columns, expected 31'],
    ['another header', 1, 3, 'benign', 'file, line 1: the first line is "569,30,benign,benign", expected'],
    ['another count', 1, 1, '568', 'file, line 1: it announces "568" rows, 569 follow'],
  ])('csv: %s', (_, line, column, cell, message) => {
    const parsing = () => parse(changed(csv, line, column, cell), 'csv');
    expect(parsing).toThrow(InputError);
    expect(parsing).toThrow(message);
  });

  test.each([
    ['a missing cell', 3, 4, '', 'file, line 3, column 4: the value is missing'],
    ['an unknown label', 5, 2, 'X', 'file, line 5, column 2: unknown label "X", expected M (malignant) or B'],
    ['one column less', 6, 3, '1\n', 'file, line 6: 3 columns, expected 32'],
  ])('wdbc: %s', (_, line, column, cell, message) => {
    expect(() => parse(changed(wdbc, line, column, cell), 'wdbc')).toThrow(message);
  });

  test('a row that stands there twice', () => {
    const lines = wdbc.split('\n');
    const twice = lines.with(7, lines[2]).join('\n');
    expect(() => parse(twice, 'wdbc')).toThrow(new InputError('file, line 8: the same values as in line 3'));
  });

  test('one class alone, a cut file, the other layout', () => {
    const benign = wdbc.split('\n').filter((line) => line.split(',')[1] === 'B');
    expect(() => parse(benign.join('\n'), 'wdbc')).toThrow(
      'file: 0 rows are malignant, at least 10 are needed',
    );
    expect(() => parse(csv.split('\n').slice(0, 100).join('\n'), 'csv')).toThrow('99 follow');
    expect(() => parse(wdbc, 'csv')).toThrow('file, line 1: the first line is');
    expect(() => parse(csv, 'wdbc')).toThrow('file, line 1: 4 columns, expected 32');
  });
});

test.each(['csv', 'wdbc'] as const)('mutated %s is a table or an InputError', (layout) => {
  const whole = layout === 'csv' ? asCsv(table, 40) : asWdbc(table, 40);
  const original = new TextEncoder().encode(whole);
  const change = fc.record({
    at: fc.nat(original.length - 1),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from(',"\n\r0.eE-MB '))),
  });
  const mutation = fc.record({
    changes: fc.array(change, { maxLength: 4 }),
    length: fc.oneof({ weight: 3, arbitrary: fc.constant(original.length) }, fc.nat(original.length)),
  });
  let refused = 0;
  fc.assert(
    fc.property(mutation, ({ changes, length }) => {
      const bytes = original.slice(0, length);
      for (const { at, byte } of changes) if (at < length) bytes[at] = byte;
      try {
        const { inputs, labels } = parseWdbc(bytes, 'file', layout);
        expect(inputs).toHaveLength(labels.length * 30);
        expect((inputs as Float64Array).every(Number.isFinite)).toBe(true);
        expect(labels.every((label) => label <= 1)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect((error as InputError).message).toMatch(/^file[,:]/);
        refused++;
      }
    }),
    { seed: 11, numRuns: 60 },
  );
  expect(refused).toBeGreaterThan(15);
});
