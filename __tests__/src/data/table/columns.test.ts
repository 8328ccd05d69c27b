/** From the cells of a column to labels and inputs. */
import { describe, expect, test } from '@jest/globals';
import { learnTarget } from '../../../../src/data/table/target.ts';
import { examplesForModel } from '../../../../src/data/table/dataset.ts';
import { learnInput } from '../../../../src/data/table/columns.ts';
import { encodeTable, featuresOf } from '../../../../src/data/table/encode.ts';
import { type Cell, compareValues } from '../../../../src/data/table/cells.ts';
import { notationOf } from '../../../../src/data/table/notations.ts';
import { all, range, refusal, tableOf } from './made.ts';

describe('targets', () => {
  const target = (cells: Cell[], task?: 'classification' | 'regression') => {
    const table = tableOf({ kind: cells });
    return learnTarget(table, table.columns[0], all(table), task);
  };

  test('of up to twenty whole numbers are classes, of more a quantity', () => {
    const twenty = target(range(40).map((row) => row % 20));
    expect(twenty).toEqual({
      labels: Uint8Array.from(range(40), (row) => row % 20),
      classNames: range(20).map(String),
    });
    const more = target(range(42).map((row) => row % 21));
    expect([more.classNames, more.labels]).toEqual([
      ['kind'],
      Float64Array.from(range(42), (row) => row % 21),
    ]);
  });

  test('are a quantity where more than half are numbers and one of them is not a whole number', () => {
    expect(refusal(() => target([0.5, 1, 'x']))).toBe(
      't.csv, line 4, column "kind": "x" is not a finite number; --task classification takes the column as classes.',
    );
    expect(target([0.5, 1, 'x', 'y']).classNames).toEqual(['0.5', '1', 'x', 'y']);
    expect(target([7, 'x', 7]).classNames).toEqual(['7', 'x']);
    expect(target([0.5, 2]).classNames).toEqual(['kind']);
  });

  test('in their order are numbers by size, then texts letter by letter', () => {
    const sorted = ['-3', '0.5', '2', '10', '!', 'B', 'a', 'b', 'é'];
    expect([...sorted].reverse().sort(compareValues)).toEqual(sorted);
    expect([
      compareValues('a', 'a'),
      compareValues('2', '2'),
      compareValues('a', 'b'),
      compareValues('b', 'a'),
    ]).toEqual([0, 0, -1, 1]);
    expect([compareValues('a', '7'), compareValues('7', 'a')]).toEqual([1, -1]);
  });

  test('are of 2 to 256 classes', () => {
    const names = (count: number) => range(count).map((row) => `n${row + 1000}`);
    expect(target(names(256)).labels).toEqual(Uint8Array.from(range(256)));
    expect(refusal(() => target(names(257)))).toBe(
      't.csv: column "kind" has 257 classes; the maximum is 256.',
    );
    expect(refusal(() => target(range(257), 'classification'))).toBe(
      't.csv: column "kind" has 257 classes; the maximum is 256. --task regression predicts a number.',
    );
    expect(refusal(() => target(['a', 'a']))).toBe(
      't.csv: column "kind" has only one class, "a"; classification needs at least two.',
    );
    expect(refusal(() => target([1.5, 1.5]))).toBe(
      't.csv: every "kind" is 1.5, so there is nothing to learn.',
    );
    expect(refusal(() => target(['a', '?']))).toBe(
      't.csv, line 3, column "kind": the target is missing; --missing drop leaves such rows out.',
    );
  });

  test('that a file numbers and names are called by these names', () => {
    const table = {
      ...tableOf({ y: [1, 0, 2, 1], z: [1, 0, 1, 1] }),
      classNames: { column: 'y', names: ['no', 'yes'] },
    };
    const [y, z] = table.columns;
    expect(learnTarget(table, y, all(table)).classNames).toEqual(['no', 'yes', '2']);
    expect(learnTarget(table, z, all(table)).classNames).toEqual(['0', '1']);
    expect(learnTarget(table, y, Int32Array.of(3, 1)).labels).toEqual(Uint8Array.of(1, 0));
    const model = { columns: [{ name: 'z', mean: 0, scale: 1 }], classNames: ['yes', 'no', '2'] };
    const { labels, divisor, inputs, rows, features } = examplesForModel(table, model, 'y');
    expect({ labels, divisor, inputs, rows, features }).toEqual({
      labels: Uint8Array.of(0, 1, 2, 0),
      divisor: 1,
      inputs: Float64Array.of(1, 0, 1, 1),
      rows: 4,
      features: 1,
    });
  });
});

describe('classes and categories', () => {
  const learned = (cells: Cell[], isForced = true, hasTypes = false) => {
    const table = tableOf({ x: cells }, { hasTypes });
    return learnInput(table, table.columns[0], all(table), all(table), false, isForced);
  };

  test('are the texts of the file, whatever number they look like', () => {
    expect(learned(['12E3', '1200E1', '12000'])).toEqual({
      name: 'x',
      categories: ['12000', '1200E1', '12E3'],
    });
    expect(learned(['1', '01', '001'], false, true)).toEqual({ name: 'x', categories: ['001', '01', '1'] });
    const large = ['9007199254740993', '9007199254740992'];
    expect(learned(large)).toEqual({ name: 'x', categories: [large[1], large[0]] });
    expect(learned(large.map(BigInt))).toEqual({ name: 'x', categories: [large[1], large[0]] });
    const table = tableOf({ y: ['1E2', '100', '2E1', 'B7'] });
    expect(learnTarget(table, table.columns[0], all(table))).toEqual({
      labels: Uint8Array.of(2, 1, 0, 3),
      classNames: ['2E1', '100', '1E2', 'B7'],
    });
    const padded = tableOf({ y: [' a', 'a ', 'b'] });
    expect(learnTarget(padded, padded.columns[0], all(padded)).classNames).toEqual(['a', 'b']);
  });

  test('of earlier weights files are found by the number, or the text without space, that they had', () => {
    const columns = [{ name: 'x', categories: ['20', '100', ' B7'] }];
    const table = tableOf({ x: ['1E2', '2E1', 'B7', '20.0'] });
    expect(Array.from(encodeTable(table, columns, all(table)))).toEqual([
      ...[0, 1, 0],
      ...[1, 0, 0],
      ...[0, 0, 1],
      ...[1, 0, 0],
    ]);
    const { labels } = examplesForModel(table, { columns, classNames: columns[0].categories }, 'x');
    expect(labels).toEqual(Uint8Array.of(1, 0, 2, 0));
    const exact = [{ name: 'x', categories: ['20', '2E1'] }];
    expect(Array.from(encodeTable(tableOf({ x: ['2E1'] }), exact, [0]))).toEqual([0, 1]);
  });
});

describe('numbers in another notation', () => {
  const told = (cells: Cell[], forced = false, target = false) => {
    const table = tableOf({ x: cells });
    const [column] = table.columns;
    return refusal(() =>
      target
        ? learnTarget(table, column, all(table))
        : learnInput(table, column, all(table), all(table), false, forced),
    );
  };

  test.each([
    ['1,137', 'a comma between digits'],
    ['3,5', 'a comma between digits'],
    ['1.137,50', 'a comma between digits'],
    ['1.234.567', 'separators between thousands'],
    ['1\u00a0137', 'separators between thousands'],
    ['1 137', 'separators between thousands'],
    ["1'137.5", 'separators between thousands'],
    ['1_000', 'underscores between digits'],
    ['\u22123.5', 'a minus sign that is not the ASCII hyphen'],
    ['3.5-', 'a minus sign in another place'],
    ['- 3.5', 'a minus sign in another place'],
    ['(3.5)', 'a number in parentheses'],
    ['12%', 'a percent sign'],
    ['12 %', 'a percent sign'],
    ['$3', 'a currency'],
    ['1.137,50 €', 'a currency'],
    ['USD 3', 'a currency'],
    ['2024-01-31', 'a date or time'],
    ['31/01/2024', 'a date or time'],
    ['31.1.24', 'a date or time'],
    ['2024-01-31T12:00:00Z', 'a date or time'],
    ['Jan 31, 2024', 'a date or time'],
    ['31 January 2024', 'a date or time'],
    ['12:30', 'a date or time'],
    ['0x1F', 'a hexadecimal, octal or binary number'],
    ['1.5D+03', 'the exponent letter D'],
    ['３．５', 'digits of another script'],
    ['-inf', 'infinity'],
  ])('%s is rejected', (text, seen) => {
    const advice =
      'leave the column out with --drop-columns "x", or take its cells as texts with --categories "x".';
    const decimal = text.includes(',') ? ', read decimal commas with --decimal ,' : '';
    expect(told([text, 'other', text, 1, 2])).toBe(
      `t.csv, line 2, column "x": ${JSON.stringify(text).replace('\u00a0', ' ')} is not a number in plain notation (${seen}); ` +
        `write numbers as 1234.5${decimal}, ${advice}`,
    );
    const lines = [text, 'other', text];
    expect(told(lines, false, true)).toMatch(
      /^t\.csv, line 2, column "x": .* or take the column as classes with --task classification\.$/,
    );
    expect(told([text, 1, 2, 3])).toMatch(/^t\.csv, line 2, column "x": .* is not a number/);
  });

  test.each(['A1', '10-20', '1.2.3', '5cm', 'B7', '2E', 'v1.0', '1st', '1/2', 'may', '-', '12-34-5678'])(
    '%s is a text',
    (text) => expect(notationOf(text)).toBeUndefined(),
  );

  test('are categories where the user says so', () => {
    const table = tableOf({ x: ['1,5', '2,5', '1,5'] });
    expect(learnInput(table, table.columns[0], all(table), all(table), false, true)).toEqual({
      name: 'x',
      categories: ['1,5', '2,5'],
    });
    expect(learnTarget(table, table.columns[0], all(table), 'classification').classNames).toEqual([
      '1,5',
      '2,5',
    ]);
  });

  test('nearly as many categories as rows are rejected', () => {
    const names = (distinct: number, rows: number) => range(rows).map((row) => `n${row % distinct}`);
    expect(told(names(16, 20))).toBe(
      't.csv: column "x" has 16 distinct texts in 20 rows, like names; leave it out with --drop-columns, ' +
        'or take them as categories with --categories "x".',
    );
    const learned = (cells: Cell[], forced = false) => {
      const table = tableOf({ x: cells });
      return featuresOf([learnInput(table, table.columns[0], all(table), all(table), false, forced)]);
    };
    expect([learned(names(15, 20)), learned(names(4, 4)), learned(names(16, 20), true)]).toEqual([15, 4, 16]);
  });
});

describe('a column as inputs', () => {
  const learned = (cells: Cell[], { train = cells.length, fill = false, isForced = false } = {}) => {
    const table = tableOf({ x: cells });
    return learnInput(table, table.columns[0], all(table), Int32Array.from(range(train)), fill, isForced);
  };

  test('is what the training rows say', () => {
    expect(learned([1, 3, 50], { train: 2 })).toEqual({ name: 'x', mean: 2, scale: 1 });
    expect(learned([1, '', 3, 50], { train: 3, fill: true })).toEqual({
      name: 'x',
      mean: 2,
      scale: 1,
      fill: 2,
    });
    expect(learned(['b', 'a', 'b', 'c', 'c', 'c'], { train: 3, fill: true })).toEqual({
      name: 'x',
      categories: ['a', 'b', 'c'],
      fill: 'b',
    });
    expect(learned(['b', 'a', '?'], { fill: true })).toEqual({
      name: 'x',
      categories: ['a', 'b'],
      fill: 'a',
    });
    expect(learned([2, 10, 2], { isForced: true })).toEqual({ name: 'x', categories: ['2', '10'] });
    expect(learned([2, 'x'])).toEqual({ name: 'x', categories: ['2', 'x'] });
    expect(learned([2, 3, 'x'], { isForced: true })).toEqual({ name: 'x', categories: ['2', '3', 'x'] });
  });

  test('is refused in a sentence where it cannot be one', () => {
    expect(refusal(() => learned([2, 'y', 'x', 3, 4]))).toBe(
      't.csv, line 3, column "x": "y" is not a number; --categories "x" takes the column as texts.',
    );
    expect(refusal(() => learned([1, -Infinity, 3, Infinity]))).toBe(
      't.csv, line 3, column "x": the number is too large.',
    );
    expect(refusal(() => learned(['', '', 5], { train: 2 }))).toBe(
      't.csv: column "x" is empty in the training rows; leave it out with --drop-columns.',
    );
    expect(refusal(() => learned(['', '?']))).toBe(
      't.csv: column "x" is empty; leave it out with --drop-columns.',
    );
    const names = (count: number) => learned(range(2 * count).map((row) => `n${row % count}`));
    expect(featuresOf([names(100)])).toBe(100);
    expect(refusal(() => names(101))).toBe(
      't.csv: column "x" has more than 100 distinct texts, like names; leave it out with --drop-columns.',
    );
  });
});

describe('rows as inputs', () => {
  const columns = [
    { name: 'a', categories: ['p', 'q', 'r'] },
    { name: 'b', mean: 1, scale: 2 },
    { name: 'c', categories: ['0', '7'], fill: '7' },
    { name: 'd', mean: 3, scale: 4, fill: 5 },
  ];

  test('are numbers standardised and categories as a 1 among 0s, each in its place', () => {
    expect(featuresOf(columns)).toBe(7);
    const table = tableOf({ d: [7, '', 3], c: ['', 0, 7], b: [1, 5, -1], a: ['r', 'p', 'q'] });
    expect(Array.from(encodeTable(table, columns, [2, 0, 1]))).toEqual([
      ...[0, 1, 0, -1, 0, 1, 0],
      ...[0, 0, 1, 0, 0, 1, 1],
      ...[1, 0, 0, 2, 1, 0, 0.5],
    ]);
  });

  test('are refused by line and column', () => {
    const row = (cells: Record<string, Cell>) => {
      const whole = { a: 'p', b: 1, c: 0, d: 0, ...cells };
      const table = tableOf(Object.fromEntries(Object.entries(whole).map(([name, cell]) => [name, [cell]])));
      return refusal(() => encodeTable(table, columns, [0]));
    };
    const missing =
      'the cell is missing; train with --missing mean to fill such cells, or drop to leave their rows out.';
    expect(row({ a: '' })).toBe(`t.csv, line 2, column "a": ${missing}`);
    expect(row({ b: '' })).toBe(`t.csv, line 2, column "b": ${missing}`);
    expect(row({ b: 'x' })).toBe('t.csv, line 2, column "b": "x" is not a finite number.');
    expect(row({ d: -Infinity })).toBe('t.csv, line 2, column "d": "-Infinity" is not a finite number.');
    expect(row({ a: 's' })).toBe(
      't.csv, line 2, column "a": "s" is an unknown category; training had "p", "q", "r".',
    );
    const known = (count: number) =>
      refusal(() =>
        encodeTable(tableOf({ a: ['x'] }), [{ name: 'a', categories: range(count).map(String) }], [0]),
      );
    const ten = '"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"';
    expect(known(10)).toMatch(`training had ${ten}.`);
    expect(known(11)).toMatch(`training had ${ten}, ….`);
  });
});
