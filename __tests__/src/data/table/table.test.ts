/** What a table keeps of the cells that it is given, and what is told of them in figures. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { summarizeTable } from '../../../../src/data/summary.ts';
import { type Cell, numberIn, readCell, textOf, WrittenNumber } from '../../../../src/data/table/cells.ts';
import { columnNamed, quoted, TableBuilder, textAt, writtenAt } from '../../../../src/data/table/table.ts';
import { range, refusal, tableOf } from './made.ts';

describe('a table', () => {
  test('keeps every cell, however many rows come and however late a column does', () => {
    const builder = new TableBuilder('t.csv', { word: 'row' });
    ['number', 'text', 'early', 'late'].forEach((name) => builder.addColumn(name));
    const cells = range(300).map((row): Cell[] => {
      const early = row < 3 ? [`e${row}`] : [];
      return row >= 200
        ? [row / 2, `t${row % 7}`, '', row % 2 ? 'odd' : 8]
        : [row / 2, `t${row % 7}`, ...early];
    });
    cells.forEach((row, i) => builder.addRow(row, 3 * i + 5));
    const table = builder.table();
    expect(range(300).map((row) => table.placeOf(row))).toEqual(
      range(300).map((row) => `row ${3 * row + 5}`),
    );
    for (const [k, column] of table.columns.entries()) {
      expect(range(300).map((row) => writtenAt(column, row))).toEqual(
        cells.map((row) => String((row[k] as string | number | undefined) ?? '')),
      );
      expect(Array.from(column.numbers)).toEqual(
        cells.map((row) => (typeof row[k] === 'number' ? row[k] : NaN)),
      );
    }
    const [number, text, early, late] = table.columns;
    expect([number.codes, number.texts]).toEqual([new Int32Array(0), []]);
    expect(Array.from(text.codes)).toEqual(range(300).map((row) => row % 7));
    expect(Array.from(early.codes)).toEqual(range(300).map((row) => (row < 3 ? row : -1)));
    expect(Array.from(late.codes)).toEqual(range(300).map((row) => (row >= 200 && row % 2 ? 0 : -1)));
    expect(late.texts).toEqual(['odd']);
  });

  test('has a place for every cell, also of rows that end before the last column', () => {
    const builder = new TableBuilder('t.csv', { word: 'row' });
    ['a', 'b'].forEach((name) => builder.addColumn(name));
    range(50).forEach((row) => builder.addRow(row === 0 ? [0, 1] : [row], row));
    const [, { numbers }] = builder.table().columns;
    expect(Array.from(numbers)).toEqual([1, ...range(49).fill(NaN)]);
  });

  test('of a column as long as others, of which only the last cell is a text', () => {
    const { columns } = tableOf({ a: [...range(64), 'x'] });
    expect(Array.from(columns[0].codes)).toEqual([...range(64).fill(-1), 0]);
  });

  test('keeps every text of a column, however many there are', () => {
    const column = tableOf({ a: range(10_004).flatMap((row) => [`x${row}`, `x${row}`]) }).columns[0];
    expect(range(20_008).map((row) => writtenAt(column, row))).toEqual(
      range(20_008).map((row) => `x${Math.floor(row / 2)}`),
    );
  });

  test.each<[Cell, number, string | undefined]>([
    ['1.50', 1.5, '1.50'],
    ['.5', 0.5, '.5'],
    ['-3.', -3, '-3.'],
    ['+2e-3', 0.002, '+2e-3'],
    ['1E4', 10_000, '1E4'],
    [' 12\u00a0', 12, '12'],
    ['00200', 200, '00200'],
    ['1234567890123456789', 1234567890123456800, '1234567890123456789'],
    ['1e', NaN, '1e'],
    ['.', NaN, '.'],
    ['0x10', NaN, '0x10'],
    ['Infinity', NaN, 'Infinity'],
    ['1 2', NaN, '1 2'],
    ['1_0', NaN, '1_0'],
    ...['', ' ', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '?', null, undefined, NaN].map(
      (cell): [Cell, number, undefined] => [cell, NaN, undefined],
    ),
    [true, NaN, 'true'],
    [false, NaN, 'false'],
    [12n, 12, '12'],
    [9007199254740993n, 9007199254740992, '9007199254740993'],
    [-Infinity, -Infinity, '-Infinity'],
    [new Date(86_400_000), 86_400_000, '1970-01-02T00:00:00.000Z'],
    [new WrittenNumber('1.50'), 1.5, '1.50'],
  ])('takes %p as the number %p with the text %p', (cell, number, text) => {
    const value = readCell(cell);
    expect([value.number, textOf(value)]).toEqual([number, text]);
    const [column] = tableOf({ a: [cell] }).columns;
    expect([column.numbers[0], textAt(column, 0)]).toEqual([number, text]);
    if (typeof cell === 'string') expect(writtenAt(column, 0)).toBe(cell);
  });

  test('keeps the text of a number exactly where JavaScript writes it in another way', () => {
    const digits = fc.stringMatching(/^-?\d{1,16}(\.\d{0,16})?$/);
    const small = fc.stringMatching(/^-?0\.0{0,8}\d{1,6}$/);
    const texts = fc.oneof(digits, small, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    fc.assert(
      fc.property(texts, (text) => {
        const number = Number(text);
        expect(readCell(text)).toEqual({ number, text: String(number) === text ? undefined : text });
      }),
    );
  });

  test('with a decimal comma takes no decimal point', () => {
    expect(['3,5', '-,5', '12', '1,5e3'].map((text) => numberIn(text, ','))).toEqual([3.5, -0.5, 12, 1500]);
    expect(['3.5', '1.000,5', '1,000,5'].map((text) => numberIn(text, ','))).toEqual([NaN, NaN, NaN]);
    const [column] = tableOf({ a: ['3,5', '3.5'] }, { decimal: ',' }).columns;
    expect(Array.from(column.numbers)).toEqual([3.5, NaN]);
    expect([writtenAt(column, 0), writtenAt(column, 1)]).toEqual(['3,5', '3.5']);
  });

  test('is text where a file with types stores texts that are not the numbers they look like', () => {
    const isText = (cells: Cell[], hasTypes = true) => tableOf({ a: cells }, { hasTypes }).columns[0].isText;
    expect(isText(['01', '1', null])).toBe(true);
    expect(isText(['9007199254740993', '9007199254740992'])).toBe(true);
    expect(isText(['1.50', '2', '9007199254740992'])).toBe(false);
    expect(isText(['01', 1])).toBe(false);
    expect(isText(['01', '1'], false)).toBe(false);
  });

  test('says which columns there are, up to twenty', () => {
    const named = (count: number) => tableOf(Object.fromEntries(range(count).map((i) => [`c${i}`, [i]])));
    const names = (count: number) =>
      range(count)
        .map((i) => `"c${i}"`)
        .join(', ');
    const told = (count: number) => refusal(() => columnNamed(named(count), 'x', 'which is wanted'));
    expect(told(20)).toBe(`t.csv has no column "x", which is wanted. It has: ${names(20)}.`);
    expect(told(22)).toBe(`t.csv has no column "x", which is wanted. It has: ${names(20)} and 2 more.`);
    expect(columnNamed(named(5), 'c4', '').numbers[0]).toBe(4);
    expect(quoted(`a "b"\n${'c'.repeat(40)}`)).toBe(`"a \\"b\\" ${'c'.repeat(34)}…"`);
  });

  test('has 4096 columns at most, each with a name of its own', () => {
    const builder = new TableBuilder('t.csv', { word: 'line' });
    range(4096).forEach((i) => builder.addColumn(`c${i}`));
    expect(builder.placeOf('c4095')).toBe(4095);
    expect(builder.placeOf('c4096')).toBeUndefined();
    expect(refusal(() => builder.addColumn('c7'))).toBe(
      't.csv has two columns "c7"; column names must be unique.',
    );
    expect(refusal(() => builder.addColumn('x'))).toBe(
      't.csv has more than 4096 columns, which is the maximum.',
    );
    range(8192).forEach((row) => builder.addRow([], row));
    expect(refusal(() => builder.addRow([], 8193))).toBe(
      't.csv has more than 33554432 cells, which is the maximum in memory; use fewer rows or columns.',
    );
    expect(refusal(() => new TableBuilder('e.csv', { word: 'line' }).table())).toBe(
      'e.csv has no rows: expected a table.',
    );
  });
});

test('a summary counts values up to twenty different ones, the commonest of texts', () => {
  const size = [...range(20), 3, 3, ''];
  const names = range(23).map((row) => `n${row % 21}`);
  const [ofSize, ofName, ofOne] = summarizeTable(tableOf({ size, names, one: range(23).map(() => 4) }));
  const values = Object.fromEntries(range(20).map((value) => [String(value), value === 3 ? 3 : 1]));
  const mean = (190 + 6) / 22;
  const squares = range(20).reduce((sum, x) => sum + (x - mean) ** 2, 2 * (3 - mean) ** 2);
  expect(ofSize).toEqual({
    ...{ name: 'size', missing: 1, different: 20, values },
    numbers: {
      ...{ count: 22, minimum: 0, maximum: 19, mean, histogram: [2, 4, 2, 2, 2, 2, 2, 2, 2, 2] },
      deviation: expect.closeTo(Math.sqrt(squares / 22), 12),
    },
  });
  expect(Object.keys(ofSize.values!)).toEqual(range(20).map(String));
  // The 21st, `n9` in the order of letters, falls away.
  const kept = range(21)
    .map((i) => `n${i}`)
    .sort()
    .filter((name) => name !== 'n9');
  expect(ofName).toEqual({
    ...{ name: 'names', missing: 0, different: 21 },
    values: Object.fromEntries(kept.map((name) => [name, name === 'n0' || name === 'n1' ? 2 : 1])),
  });
  expect(Object.keys(ofName.values!)).toEqual(kept);
  expect(ofOne.numbers).toEqual({
    ...{ count: 23, minimum: 4, maximum: 4, mean: 4, deviation: 0 },
    histogram: [23, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  });
  const texts = tableOf({ id: ['9007199254740992', '9007199254740993'], kind: ['1E2', '100'] });
  expect(summarizeTable(texts).map(({ different }) => different)).toEqual([2, 1]);
  const mixed = tableOf({ kind: ['1E2', '100', 'B7', '100'] });
  expect(summarizeTable(mixed)).toMatchObject([{ different: 3, values: { 100: 2, '1E2': 1, B7: 1 } }]);
  const [many] = summarizeTable(tableOf({ x: range(21) }));
  expect(many).toMatchObject({ different: 21, numbers: { count: 21 } });
  expect('values' in many).toBe(false);
});
