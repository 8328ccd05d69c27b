/** Every kind of file becomes the same table: here one of three rows, with what is missing in it. */
import { describe, expect, test } from '@jest/globals';
import { parseNpy, tableOfArrays } from '../../../../../src/core/data/table/read-npy.ts';
import { readJsonLines } from '../../../../../src/core/data/table/read-json-lines.ts';
import { readParquet } from '../../../../../src/core/data/table/read-parquet.ts';
import { RecordsTable } from '../../../../../src/core/data/table/read-records.ts';
import { textAt, type Table } from '../../../../../src/core/data/table/table.ts';
import { InputError } from '../../../../../src/core/errors.ts';

const records = (text: string): Table => {
  const table = new RecordsTable('t.csv');
  text.split('\n').forEach((line, i) => table.add(line.split(','), i + 1));
  return table.table();
};

const cells = (table: Table) => ({
  names: table.columns.map(({ name }) => name),
  rows: Array.from({ length: table.rows }, (_, row) => table.columns.map((column) => textAt(column, row))),
});

const same = {
  names: ['age', 'height', 'kind', 'sure'],
  rows: [
    ['41', '1.5', 'a', 'true'],
    [undefined, '2', 'b', 'false'],
    ['7', '0.5', 'a', undefined],
  ],
};

/*
 * import pyarrow as pa, pyarrow.parquet as pq
 * t = pa.table({'age': pa.array([41, None, 7], pa.int64()), 'height': [1.5, 2.0, 0.5], 'kind': ['a', 'b', 'a'], 'sure': [True, False, None]})
 * pq.write_table(t, 't.parquet', compression='snappy', write_statistics=False, store_schema=False)
 */
const parquet = Buffer.from(
  'UEFSMRUEFSAVJEwVBBUAEgAAEDwpAAAAAAAAAAcAAAAAAAAAFQAVEhUWLBUGFRAVBhUGHAAAAAkgAgAAAAMFAQMCFQQVMBUsTBUGFQASAAAY' +
    'AAAFAQT4PwUHKAAAQAAAAAAAAOA/FQAVFBUYLBUGFRAVBhUGHAAAAAokAgAAAAYBAgMkABUEFRQVGEwVBBUAEgAACiQBAAAAYQEAAABiFQAV' +
    'EhUWLBUGFRAVBhUGHAAAAAkgAgAAAAYBAQMCFQAVDhUSLBUGFQAVBhUGHAAAAAcYAgAAAAMDARUEGVw1ABgGc2NoZW1hFQgAFQQlAhgDYWdl' +
    'ABUKJQIYBmhlaWdodAAVDCUCGARraW5kJQBMHAAAABUAJQIYBHN1cmUAFgYZHBlMJgAcFQQZNQAGEBkYA2FnZRUCFgYWdBZ8JkgmCCksFQQV' +
    'ABUCABUAFRAVAgA8KQYZJgIEAAAAJgAcFQoZNQAGEBkYBmhlaWdodBUCFgYWhgEWhgEmzAEmhAEpLBUEFQAVAgAVABUQFQIAPCkGGSYABgAA' +
    'ACYAHBUMGTUABhAZGARraW5kFQIWBhZoFnAmvgImigIpLBUEFQAVAgAVABUQFQIAPBYGGQYZJgAGAAAAJgAcFQAZJQYAGRgEc3VyZRUCFgYW' +
    'NBY4JvoCSRwVABUAFQIAPCkGGSYCBAAAABaWAxYGJggWqgMAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRlMHAAAHAAAHAAA' +
    'HAAAAGIBAABQQVIx',
  'base64',
);

describe('the same table comes', () => {
  test('from CSV', () => {
    const table = records('age,height,kind,sure\n41,1.50,a,true\nNA,2,b,false\n7,.5,a,');
    expect(cells(table)).toEqual(same);
    expect(table.placeOf(2)).toBe('line 4');
  });

  test('from JSON lines, whatever order their keys have', async () => {
    const lines = [
      '{"age": 41, "height": 1.5, "kind": "a", "sure": true}',
      '',
      '{"kind": "b", "height": "2.0", "age": null, "sure": false}',
      '{"age": 7, "height": 0.5, "kind": "a"}',
    ];
    const table = await readJsonLines(lines, 't.jsonl');
    expect(cells(table)).toEqual(same);
    expect(table.placeOf(1)).toBe('line 3');
  });

  test('from Parquet', async () => {
    const table = await readParquet(parquet, 't.parquet');
    expect(cells(table)).toEqual(same);
    expect(table.placeOf(0)).toBe('row 1');
  });
});

test.each([50, 300, parquet.length - 1])(
  'a Parquet file cut short after %i bytes is refused',
  async (length) => {
    const reading = readParquet(parquet.subarray(0, length), 't.parquet');
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(/^t\.parquet cannot be read as Parquet: .*\.$/);
  },
);

test('a column that comes late in JSON lines is missing before', async () => {
  const table = await readJsonLines(['{"a": 1}', '{"a": 2, "b": "x"}'], 't.jsonl');
  expect(cells(table).rows).toEqual([
    ['1', undefined],
    ['2', 'x'],
  ]);
});

describe('the first line of CSV', () => {
  test('names the columns where none of its cells is a number, else they are numbered', () => {
    expect(cells(records('1,2,x\n3,4,y')).names).toEqual(['1', '2', '3']);
    expect(cells(records('1st,2nd\n3,4')).names).toEqual(['1st', '2nd']);
  });

  test('of an index that pandas has written along leaves that column out, and says so', () => {
    const table = records(',a,b\n0,1,2\n1,3,4');
    expect(cells(table)).toEqual({
      names: ['a', 'b'],
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
    });
    expect(table.notes).toEqual([expect.stringMatching(/first column of t\.csv has no name/)]);
  });

  test("of scikit-learn's own files names the classes", () => {
    const table = records('3,2,setosa,versicolor\n5.1,3.5,0\n4.9,3,1\n4.7,3.2,0');
    expect(cells(table).names).toEqual(['1', '2', 'target']);
    expect(table).toMatchObject({
      rows: 3,
      classNames: { column: 'target', names: ['setosa', 'versicolor'] },
    });
  });
});

/** As NumPy writes an array: header, then values. */
function npy(descr: string, shape: string, values: ArrayBufferView, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
  const header = text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11) + '\n';
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  const content = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return new Uint8Array(Buffer.concat([start, Buffer.from(header), content]));
}

describe('NumPy', () => {
  test('arrays of every kind of number, row by row or column by column', () => {
    const wanted = [1, 2, 3, 4, 5, 6];
    const rows = (descr: string, values: ArrayBufferView) =>
      Array.from(parseNpy(npy(descr, '2, 3', values), 'a').values as ArrayLike<number>, Number);
    expect(rows('<f8', Float64Array.from(wanted))).toEqual(wanted);
    expect(rows('<f4', Float32Array.from(wanted))).toEqual(wanted);
    expect(rows('|u1', Uint8Array.from(wanted))).toEqual(wanted);
    expect(rows('<i8', BigInt64Array.from(wanted, BigInt))).toEqual(wanted);
    const byColumns = parseNpy(npy('<i4', '2, 3', Int32Array.from([1, 4, 2, 5, 3, 6]), true), 'a');
    expect(Array.from(byColumns.values)).toEqual(wanted);
  });

  test('texts and numbers side by side become a table', () => {
    const kinds = Uint32Array.from([...'ab\0cd\0'].map((letter) => letter.codePointAt(0)!));
    const table = tableOfArrays(
      {
        X: parseNpy(npy('<f8', '2, 2', Float64Array.from([1, 2, 3, 4])), 'X'),
        y: parseNpy(npy('<U3', '2,', kinds), 'y'),
      },
      't.npz',
    );
    expect(cells(table)).toEqual({
      names: ['X 1', 'X 2', 'y'],
      rows: [
        ['1', '2', 'ab'],
        ['3', '4', 'cd'],
      ],
    });
  });

  test.each([
    ['no array', Buffer.from('hello, this is no array'), /does not begin as one/],
    ['cut short', npy('<f8', '4,', new Float64Array(2)), /it is cut short/],
    ['objects', npy('|O8', '1,', new Float64Array(1)), /neither numbers nor texts/],
    [
      'a length that memory does not have',
      npy('<f8', '99999999999,', new Float64Array(1)),
      /it is cut short/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => parseNpy(new Uint8Array(bytes), 't.npy')).toThrow(message);
  });
});

describe('limits', () => {
  test.each([
    [
      '10 000 columns',
      () => records(Array.from({ length: 10_000 }, (_, i) => `c${i}`).join()),
      /more than 4096 columns/,
    ],
    ['two columns of one name', () => records('a,a\n1,2'), /has two columns "a"/],
    ['a row of another length', () => records('a,b\n1,2\n3'), /t\.csv, line 3: 1 columns, expected 2/],
    ['no rows', () => records('a,b'), /t\.csv has no rows/],
  ])('%s', (_, read, message) => {
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  test.each([
    ['{"a": [1]}', /t\.jsonl, line 1, "a": the cell holds a list or an object/],
    ['[1, 2]', /expected an object such as/],
    ['{"a": 1', /this is no JSON/],
  ])('%s', async (line, message) => {
    await expect(readJsonLines([line], 't.jsonl')).rejects.toThrow(message);
  });
});
