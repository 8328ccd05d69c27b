/** What training makes of a table. */
import { describe, expect, test } from '@jest/globals';
import { datasetFromTable, examplesForModel, type TableOptions } from '../../../../src/data/table/dataset.ts';
import { splitRowsOf } from '../../../../src/data/splits.ts';
import type { Cell } from '../../../../src/data/table/cells.ts';
import { InputError } from '../../../../src/utils/errors.ts';
import type { Preprocessing } from '../../../../src/data/dataset.ts';
import { RandomState } from '../../../../src/utils/random.ts';
import { range, refusal, tableOf } from './made.ts';

const rows = 20;
const each = <T>(of: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => of(row));
const plain = {
  size: each((row) => row),
  colour: each((row) => ['red', 'blue', 'green'][row % 3]),
  kind: each((row) => (row % 2 ? 'yes' : 'no')),
};
const made = (change: Record<string, Cell[]> = {}, options: Partial<TableOptions> = {}) =>
  datasetFromTable(tableOf({ ...plain, ...change }), { target: 'kind', ...options });
type TablePreprocessing = Extract<Preprocessing, { kind: 'table' }>;
const columnsOf = (change: Record<string, Cell[]> = {}, options: Partial<TableOptions> = {}) =>
  (made(change, options).preprocessing as TablePreprocessing).columns;

describe('inputs', () => {
  test('numbers are standardised on the training rows alone, categories are a 1 among 0s', () => {
    const { train, test: held, preprocessing, classNames } = made();
    expect([train.rows, held.rows, train.features]).toEqual([16, 4, 4]);
    expect(classNames).toEqual(['no', 'yes']);
    const [size] = (preprocessing as TablePreprocessing).columns as { mean: number; scale: number }[];
    const trained = Array.from({ length: 16 }, (_, row) => Number(train.origin!(row).place!.slice(5)) - 2);
    const mean = trained.reduce((sum, value) => sum + value, 0) / 16;
    expect(size.mean).toBeCloseTo(mean, 12);
    const deviation = Math.sqrt(trained.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 16);
    expect(size.scale).toBeCloseTo(deviation, 12);
    trained.forEach((value, row) => {
      const [input, ...colors] = train.inputs.subarray(4 * row, 4 * row + 4);
      expect(input).toBeCloseTo((value - mean) / deviation, 12);
      const colour = ['blue', 'green', 'red'].map((name) => Number(plain.colour[value] === name));
      expect(colors).toEqual(colour);
      expect(train.labels[row]).toBe(value % 2);
    });
  });

  test('the rows held back are as many of each class, and change with the seed', () => {
    const held = (seed: number) => {
      const { test } = made({}, { seed });
      return Array.from({ length: test.rows }, (_, row) => test.origin!(row).place);
    };
    expect(Array.from(made().test.labels).sort()).toEqual([0, 0, 1, 1]);
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
  });

  test('with nothing held back the test rows are the training rows', () => {
    const { train, test: held } = made({}, { testShare: 0 });
    expect(held).toBe(train);
    expect(train.rows).toBe(rows);
  });

  test('a single row can be held back', () => {
    const { train, test: held } = made({ kind: each((row) => row) }, { task: 'regression', testShare: 0.05 });
    expect([train.rows, held.rows]).toEqual([19, 1]);
  });

  test('columns can be left out, and numbers be taken as categories', () => {
    expect(columnsOf({}, { dropColumns: ['colour'] }).map(({ name }) => name)).toEqual(['size']);
    const [code] = columnsOf({ size: each((row) => row % 3) }, { categories: ['size'] });
    expect(code).toEqual({ name: 'size', categories: ['0', '1', '2'] });
  });
});

describe('missing cells', () => {
  const size = each((row) => (row === 5 ? '' : row));
  const colour = each((row) => (row === 7 ? '?' : 'red'));

  test('are refused, by row and column', () => {
    expect(() => made({ size })).toThrow(
      /^t\.csv, line 7, column "size": the cell is missing; .*--missing mean/,
    );
    expect(() => made({ colour })).toThrow(/^t\.csv, line 9, column "colour": the cell is missing/);
  });

  test('are filled by the mean of the training rows or by the commonest category', () => {
    const [ofSize, ofColour] = columnsOf({ size, colour }, { missing: 'mean' });
    expect(ofSize).toMatchObject({ fill: (ofSize as { mean: number }).mean });
    expect(ofColour).toEqual({ name: 'colour', categories: ['red'], fill: 'red' });
    const { train, test: held } = made({ size, colour }, { missing: 'mean' });
    expect(train.rows + held.rows).toBe(rows);
  });

  test('drop their rows', () => {
    const { train, test: held } = made({ size, colour }, { missing: 'drop' });
    expect(train.rows + held.rows).toBe(rows - 2);
  });

  test('are never an answer', () => {
    const kind = each((row) => (row === 3 ? null : 'ab'[row % 2]));
    expect(() => made({ kind }, { missing: 'mean' })).toThrow(/line 5, column "kind": the target is missing/);
    expect(made({ kind }, { missing: 'drop' }).train.rows).toBe(15);
  });
});

describe('what is predicted', () => {
  test.each<[string, Cell[], TableOptions['task'], string[]]>([
    ['integers by regression', each((row) => row % 4), 'regression', ['kind']],
    ['fractions as classes', each((row) => (row % 2) / 2), 'classification', ['0', '0.5']],
  ])('predicts %s if the task says so', (_, kind, task, names) => {
    expect(made({ kind }, { task }).classNames).toEqual(names);
  });

  test('numbers are learned at mean 0 and deviation 1 of the training rows', () => {
    const { train, test: held } = made({ kind: each((row) => 1000 + row / 3) });
    const { mean, scale } = train.target!;
    expect(held.target).toEqual(train.target);
    const scaled = Array.from(train.labels, (label) => (label - mean) / scale);
    expect(scaled.reduce((sum, value) => sum + value, 0) / scaled.length).toBeCloseTo(0, 12);
    expect(scaled.reduce((sum, value) => sum + value ** 2, 0) / scaled.length).toBeCloseTo(1, 12);
  });
});

test.each<[string, Partial<TableOptions>, RegExp]>([
  ['no such target', { target: 'kin' }, /has no column "kin", which is to be predicted\. It has: "size"/],
  ['no such column', { dropColumns: ['x'] }, /has no column "x", which --drop-columns names/],
  ['nothing to learn from', { dropColumns: ['size', 'colour'] }, /no column but "kind"/],
])('rejects a table with %s', (_, options, message) => {
  expect(() => made({}, options)).toThrow(InputError);
  expect(() => made({}, options)).toThrow(message);
});

describe('another table for a trained model', () => {
  const { preprocessing, classNames } = made();
  const model = { columns: (preprocessing as TablePreprocessing).columns, classNames };

  test('has its columns in any order, and others', () => {
    const first = examplesForModel(tableOf(plain), model, 'kind');
    const other = tableOf({ x: plain.size, kind: plain.kind, colour: plain.colour, size: plain.size });
    const second = examplesForModel(other, model, 'kind');
    expect(second.inputs).toEqual(first.inputs);
    expect(second.labels).toEqual(first.labels);
    expect(Array.from(first.labels)).toEqual(each((row) => row % 2));
  });

  test('is rejected if it lacks a column', () => {
    expect(() => examplesForModel(tableOf({ kind: plain.kind, size: plain.size }), model, 'kind')).toThrow(
      /has no column "colour", which the model takes/,
    );
  });
});

describe('rows held back', () => {
  const split = (labels: Uint8Array | Float64Array, names: string[], share: number) =>
    splitRowsOf('t.csv', labels, names, share, new RandomState(1));
  const classes = (...counts: number[]) =>
    Uint8Array.from(counts.flatMap((count, k) => range(count).fill(k)));

  test('are a random share of the numbers, in the order of the draw', () => {
    const { train, test: held } = split(new Float64Array(10), ['y'], 0.25);
    const order = Array.from(new RandomState(1).permutation(10));
    expect([Array.from(held), Array.from(train)]).toEqual([order.slice(0, 3), order.slice(3)]);
    expect(split(new Float64Array(2), ['y'], 0.5).train).toHaveLength(1);
    const none = split(classes(1, 1), ['a', 'b'], 0);
    expect([Array.from(none.train), none.test.length]).toEqual([[0, 1], 0]);
  });

  test('leave a row of each class on both sides, or there are too few', () => {
    const advice = 'add rows, or hold back none with --test-share 0.';
    expect(refusal(() => split(new Float64Array(2), ['y'], 0.6))).toBe(
      `t.csv: 2 rows are too few to hold back 2 for the test; ${advice}`,
    );
    expect(refusal(() => split(classes(2, 1), ['a', 'b'], 0.5))).toBe(
      `t.csv: class "b" has only one row; training and test need one each; ${advice}`,
    );
    const few = (held: number) =>
      `t.csv: 4 rows of 2 classes are too few to hold back ${held} for the test; ${advice}`;
    expect(refusal(() => split(classes(2, 2), ['a', 'b'], 0.25))).toBe(few(1));
    expect(refusal(() => split(classes(2, 2), ['a', 'b'], 0.75))).toBe(few(3));
    expect(split(classes(2, 2), ['a', 'b'], 0.5).test).toHaveLength(2);
  });
});

describe('a dataset', () => {
  const kind = (row: number) => 'ab'[row % 2];

  test('of 4096 inputs a row is the widest; of 33 554 432 in all there are too many', () => {
    const wide = (extra: number, rows: number) => {
      const row = range(rows);
      const table = tableOf({ text: row.map((i) => `x${i % 100}`), number: row, kind: row.map(kind) });
      const [text, number, target] = table.columns;
      const texts = range(40).map((k) => ({ ...text, name: `t${k}` }));
      const numbers = range(extra).map((k) => ({ ...number, name: `n${k}` }));
      return datasetFromTable({ ...table, columns: [...texts, ...numbers, target] }, { target: 'kind' });
    };
    expect(wide(96, 200).train.features).toBe(4096);
    const limits =
      'which are too many: at most 4096 a row and 33554432 in all. Leave columns out with --drop-columns, or give a part of the rows.';
    expect(refusal(() => wide(97, 200))).toBe(`t.csv becomes 200 rows of 4097 numbers, ${limits}`);
    expect(refusal(() => wide(96, 8193))).toBe(`t.csv becomes 8193 rows of 4096 numbers, ${limits}`);
  });

  test('knows where its rows stand when some are left out', () => {
    const table = tableOf({ x: range(10).map((row) => (row === 4 ? '' : row)), kind: range(10).map(kind) });
    const {
      train,
      test: same,
      classNames,
      ...others
    } = datasetFromTable(table, {
      ...{ target: 'kind', missing: 'drop', testShare: 0 },
    });
    expect(same).toBe(train);
    const { origin, inputs, ...examples } = train;
    const kept = range(10).filter((row) => row !== 4);
    expect(examples).toEqual({
      ...{ rows: 9, features: 1, divisor: 1 },
      labels: Uint8Array.from(kept, (row) => row % 2),
    });
    expect(range(9).map((row) => origin!(row))).toEqual(
      kept.map((row) => ({
        ...{ file: 't.csv', place: `line ${row + 2}` },
        cells: [{ column: 'x', text: String(row) }],
      })),
    );
    const [{ mean, scale }] = (
      others.preprocessing as never as { columns: { mean: number; scale: number }[] }
    ).columns;
    expect(mean).toBeCloseTo(41 / 9, 12);
    expect(Array.from(inputs as Float64Array)).toEqual(kept.map((row) => (row - mean) / scale));
    expect({ classNames, ...others }).toEqual({
      ...{ name: 't.csv', source: 'dir', files: [], classNames: ['a', 'b'] },
      preprocessing: { kind: 'table', columns: [{ name: 'x', mean, scale }] },
    });
    const empty = tableOf({ x: ['', 1], kind: ['a', ''] });
    expect(refusal(() => datasetFromTable(empty, { target: 'kind', missing: 'drop' }))).toBe(
      't.csv: a cell is missing in every row, so that --missing drop leaves none.',
    );
    const single = tableOf({ x: [1, 2], kind: ['a', ''] });
    expect(refusal(() => datasetFromTable(single, { target: 'kind', missing: 'drop' }))).toMatch(
      'only one class',
    );
    expect(datasetFromTable(tableOf({ x: [1, 2], y: [0.5, 1] }), { target: 'y' }).test.rows).toBe(1);
    expect(refusal(() => datasetFromTable(table, { target: 'kind', categories: ['y'] }))).toBe(
      't.csv has no column "y", which --categories names. It has: "x", "kind".',
    );
  });

  test('says which of its columns may be identifiers, and which classes are the same number', () => {
    const notes = (columns: Record<string, Cell[]>, options = {}) =>
      datasetFromTable(tableOf(columns), { target: 'y', testShare: 0, ...options }).notes;
    const [x, y] = [
      ['00200', '10115'],
      ['a', 'b'],
    ];
    expect(notes({ x, y })).toEqual([
      'Column "x" of t.csv is read as numbers, and "00200" becomes 200. ' +
        'If its cells are identifiers, use --drop-columns "x" or --categories "x".',
    ]);
    expect(notes({ x, y }, { categories: ['x'] })).toBeUndefined();
    expect(notes({ x: ['1.50', '1e3'], y })).toBeUndefined();
    expect(notes({ x: [1, 2], y: ['1', '1.0'] })).toEqual([
      't.csv: "1" and "1.0" are two classes, since classes are texts.',
    ]);
  });

  test('for a model that predicts a number has the numbers, and 0 without a target to compare with', () => {
    const target = { mean: 3, scale: 2 };
    const model = { columns: [{ name: 'x', mean: 1, scale: 1 }], classNames: ['y'], target };
    const table = tableOf({ x: [1, 2], y: [2.5, -1] });
    expect(examplesForModel(table, model, 'y')).toMatchObject({ labels: Float64Array.of(2.5, -1), target });
    expect(examplesForModel(table, model).labels).toEqual(Float64Array.of(0, 0));
    const ofClasses = { columns: model.columns, classNames: ['a', 'b'] };
    const blind = examplesForModel(table, ofClasses);
    expect([blind.labels, 'target' in blind]).toEqual([Uint8Array.of(0, 0), false]);
    const asked = (y: Cell[], of: typeof ofClasses) =>
      refusal(() => examplesForModel(tableOf({ x: [1, 1], y }), of, 'y'));
    expect(asked([1, ''], model)).toBe('t.csv, line 3, column "y": the target is missing.');
    expect(asked([Infinity, 1], model)).toBe('t.csv, line 2, column "y": "Infinity" is not a finite number.');
    const many = { ...ofClasses, classNames: range(12).map((i) => `c${i}`) };
    expect(asked(['c11', 'd'], many)).toBe(
      't.csv, line 3, column "y": "d" is an unknown class; training had "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9".',
    );
  });
});
