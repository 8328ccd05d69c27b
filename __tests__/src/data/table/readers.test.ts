/** Every kind of file becomes the same table: here one of three rows, with what is missing in it. */
import { describe, expect, test } from '@jest/globals';
import { type CsvOptions, readCsvTable } from '../../../../src/data/formats/csv.ts';
import { parseNpy, tableOfArrays } from '../../../../src/data/formats/npy.ts';
import { readJsonLines } from '../../../../src/data/formats/json-lines.ts';
import { readParquet } from '../../../../src/data/formats/parquet.ts';
import { datasetFromTable } from '../../../../src/data/table/dataset.ts';
import { textAt, type Table, writtenAt } from '../../../../src/data/table/table.ts';
import { InputError } from '../../../../src/utils/errors.ts';

const records = (text: string, options: CsvOptions = {}): Table =>
  readCsvTable(new TextEncoder().encode(text), 't.csv', ',', options);

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

const numbers = ({ columns }: Table): number[][] => columns.map((column) => Array.from(column.numbers));
const sameNumbers = [
  [41, NaN, 7],
  [1.5, 2, 0.5],
  [NaN, NaN, NaN],
  [NaN, NaN, NaN],
];

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
    expect(cells(table)).toEqual({
      ...same,
      rows: [['41', '1.50', 'a', 'true'], same.rows[1], ['7', '.5', 'a', undefined]],
    });
    expect(numbers(table)).toEqual(sameNumbers);
    expect(table.placeOf(2)).toBe('line 4');
  });

  test('from JSON lines, whatever order their keys have', async () => {
    const lines = [
      '{"age": 41, "height": 1.5, "kind": "a", "sure": true}',
      '',
      '{"kind": " b ", "height": "2.0", "age": null, "sure": false}',
      '{"age": 7, "height": 0.5, "kind": "a"}',
    ];
    const table = await readJsonLines(lines, 't.jsonl');
    expect(cells(table)).toEqual({
      ...same,
      rows: [same.rows[0], [undefined, '2.0', 'b', 'false'], same.rows[2]],
    });
    expect(numbers(table)).toEqual(sameNumbers);
    expect(table.placeOf(1)).toBe('line 3');
  });

  test('from Parquet', async () => {
    const table = await readParquet(parquet, 't.parquet');
    expect(cells(table)).toEqual(same);
    expect(numbers(table)).toEqual(sameNumbers);
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

// As above, of pa.table({'word': ['alpha', 'beta'] * 150}), with use_dictionary=False and this compression.
test.each([
  [
    'zstd',
    'UEFSMRUAFfonFVQsFdgEFQAVBhUGHAAAACi1L/1g/QgFAQDAAwAAANgEAQUAAABhbHBoYQQAAABiZXRhAQCIh/w5BhUEGSw1ABgGc2NoZW1hFQIAFQwlAhgEd29yZCUATBwAAAAW2AQZHBkcJgAcFQwZJQYAGRgEd29yZBUMFtgEFqQoFn4mCEkcFQAVABUCADwWjBUZBhkmANgEAAAAFqQoFtgEJggWfgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGRwcAAAAjwAAAFBBUjE=',
  ],
  [
    'lz4',
    'UEFSMRUAFfonFVgsFdgEFQAVBhUGHAAAAP8JAwAAANgEAQUAAABhbHBoYQQAAABiZXRhEQD////////////WUABiZXRhFQQZLDUAGAZzY2hlbWEVAgAVDCUCGAR3b3JkJQBMHAAAABbYBBkcGRwmABwVDBklBgAZGAR3b3JkFQ4W2AQWpCgWggEmCEkcFQAVABUCADwWjBUZBhkmANgEAAAAFqQoFtgEJggWggEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRkcHAAAAJEAAABQQVIx',
  ],
  [
    'gzip',
    'UEFSMRUAFfonFXwsFdgEFQAVBhUGHAAAAB+LCAAAAAAAAgNjZmBguMHCyAqkEnMKMhJZgIyk1JLEUYFRgVGBUYFRgVGBUYFRgVGBYSgAAL+qPmr9CQAAFQQZLDUAGAZzY2hlbWEVAgAVDCUCGAR3b3JkJQBMHAAAABbYBBkcGRwmABwVDBklBgAZGAR3b3JkFQQW2AQWpCgWpgEmCEkcFQAVABUCADwWjBUZBhkmANgEAAAAFqQoFtgEJggWpgEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI1LjAuMRkcHAAAAJEAAABQQVIx',
  ],
  [
    'brotli',
    'UEFSMRUAFfonFUgsFdgEFQAVBhUGHAAAABv8CQAEPGQ3l0IHG3DAXhTiBDRsjE3xO6MpcDMdMeEf/wwAiBUEGSw1ABgGc2NoZW1hFQIAFQwlAhgEd29yZCUATBwAAAAW2AQZHBkcJgAcFQwZJQYAGRgEd29yZBUIFtgEFqQoFnImCEkcFQAVABUCADwWjBUZBhkmANgEAAAAFqQoFtgEJggWcgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGRwcAAAAjwAAAFBBUjE=',
  ],
])('reads a Parquet file that is compressed with %s', async (_, base64) => {
  const { rows } = cells(await readParquet(Buffer.from(base64, 'base64'), 't.parquet'));
  expect(rows).toEqual(Array.from({ length: 300 }, (_, row) => [row % 2 === 0 ? 'alpha' : 'beta']));
});

test('a Parquet file of more rows than are decoded at once', async () => {
  // As above, of pa.table({'a': pa.array(range(20001), pa.int32())}), use_dictionary=False, column_encoding={'a': 'DELTA_BINARY_PACKED'}.
  const long = Buffer.from(
    'UEFSMRUAFcAMFXosFcC4AhUKFQYVBhwAAACgBkgEAAAAwLgCAYABBKCcAQACAAAA/gUA/gUA/gUA/gUA/gUA/gUA/gUA/gUA/gUA/gUA/gUA' +
      '/gUAMgUAFQAVGhUeLBUCFQoVBhUGHAAAAA0wAgAAAAIBgAEEAcC4AhUEGSw1ABgGc2NoZW1hFQIAFQIlAhgBYQAWwrgCGRwZHCYAHBUCGSUG' +
      'ChkYAWEVAhbCuAIWrA0W6gEmCEkcFQAVChUEADwpBhkmAMK4AgAAABasDRbCuAImCBbqAQAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24g' +
      'MjUuMC4xGRwcAAAAhgAAAFBBUjE=',
    'base64',
  );
  const table = await readParquet(long, 't.parquet');
  expect(Array.from(table.columns[0].numbers)).toEqual(Array.from({ length: 20_001 }, (_, row) => row));
  expect(table.placeOf(20_000)).toBe('row 20001');
});

test('a list in a cell of Parquet is refused by its row', async () => {
  // Of pa.table({'a': [1, 2], 'b': [[], [3]]}).
  const lists = Buffer.from(
    'UEFSMRUAFSwVMCwVBBUAFQYVBhwAAAAWVAIAAAAEAQEAAAAAAAAAAgAAAAAAAAAVABUqFS4sFQQVABUGFQYcAAAAFVACAAAABAADAAAAAw0A' +
      'AwAAAAAAAAAVBBlcNQAYBnNjaGVtYRUEABUEJQIYAWEANQIYAWIVAhUGTDwAAAA1BBgEbGlzdBUCABUEJQIYB2VsZW1lbnQAFgQZHBksJgAc' +
      'FQQZJQYAGRgBYRUCFgQWUhZWJghJHBUAFQAVAgA8KQYZJgAEAAAAJgAcFQQZJQYAGTgBYgRsaXN0B2VsZW1lbnQVAhYEFlAWVCZeSRwVABUA' +
      'FQIAPCkmBAAZRgACAAIAAAAWogEWBCYIFqoBACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNS4wLjEZLBwAABwAAADhAAAAUEFSMQ==',
    'base64',
  );
  await expect(readParquet(lists, 't.parquet')).rejects.toThrow(
    /^t\.parquet, row 1, "b": the cell holds a list or an object, expected one number or text\.$/,
  );
});

test('numbers of JSON lines keep the digits of the file', async () => {
  const lines = [
    String.raw`{"id": 1234567890123456789, "price": 1.50, "say \"1.50\"": "1.50, 2.0", "n": 1e2}`,
    String.raw`{"id": 1234567890123456788, "price": -0, "say \"1.50\"": "\\", "n": 100}`,
  ];
  const { columns } = await readJsonLines(lines, 't.jsonl');
  expect(columns.map(({ name }) => name)).toEqual(['id', 'price', 'say "1.50"', 'n']);
  expect([0, 1].map((row) => columns.map((column) => writtenAt(column, row)))).toEqual([
    ['1234567890123456789', '1.50', '1.50, 2.0', '1e2'],
    ['1234567890123456788', '-0', '\\', '100'],
  ]);
  expect(Array.from(columns[3].numbers)).toEqual([100, 100]);
});

test('a column that comes late in JSON lines is missing before', async () => {
  const table = await readJsonLines(['{"a": 1}', '{"a": 2, "b": "x"}'], 't.jsonl');
  expect(cells(table).rows).toEqual([
    ['1', undefined],
    ['2', 'x'],
  ]);
});

describe('the first line of CSV', () => {
  const read = (text: string, options: CsvOptions = {}) => {
    const table = records(text, options);
    return { names: table.columns.map(({ name }) => name), rows: table.rows, notes: table.notes.join() };
  };

  test('names the columns if its texts stand above numbers', () => {
    expect(read('a,b\n1,x\n2,y')).toEqual({ names: ['a', 'b'], rows: 2, notes: '' });
    expect(read('1st,2nd\n3,4')).toEqual({ names: ['1st', '2nd'], rows: 1, notes: '' });
    expect(read('a,,c\n1,2,3').names).toEqual(['a', '2', 'c']);
  });

  test('is data if it has numbers, which is said', () => {
    const notes =
      'The first line of t.csv is read as a row of data, because it contains numbers or missing cells; --header changes this.';
    expect(read('1,2,x\n3,4,y')).toEqual({ names: ['1', '2', '3'], rows: 2, notes });
    expect(read('1,2\n')).toEqual({ names: ['1', '2'], rows: 1, notes });
    expect(read('0,1\n1,0')).toEqual({ names: ['1', '2'], rows: 2, notes });
    const table = records('00,x,NA,1\n2,y,z,w\n3,x,u,v');
    expect(cells(table).rows).toEqual([
      ['00', 'x', undefined, '1'],
      ['2', 'y', 'z', 'w'],
      ['3', 'x', 'u', 'v'],
    ]);
    expect(numbers(table)[0]).toEqual([0, 2, 3]);
    expect([0, 1, 2].map((row) => table.placeOf(row))).toEqual(['line 1', 'line 2', 'line 3']);
  });

  test('of a table of texts is data if most of its cells occur again, which is said', () => {
    const why = 'because "p" stands in other lines of its column, too; --header changes this.';
    expect(read('p,x,s\ne,x,y\np,b,s')).toEqual({
      names: ['1', '2', '3'],
      rows: 3,
      notes: `The first line of t.csv is read as a row of data, ${why}`,
    });
    expect(read('kind,cap,odor\ne,x,y\np,b,s')).toEqual({
      names: ['kind', 'cap', 'odor'],
      rows: 2,
      notes:
        'The first line of t.csv is read as the names of the columns, because its cells do not stand in other lines; --no-header changes this.',
    });
  });

  test('that counts the columns names them, which is said', () => {
    const notes =
      'The first line of t.csv is read as the names of the columns, because it counts the columns; --no-header changes this.';
    expect(read('0,1,2,3\n5,3,1,0\n4,3,1,1')).toEqual({ names: ['0', '1', '2', '3'], rows: 2, notes });
    expect(read('1,2,3\n5.5,3,a\n4,3,b')).toEqual({ names: ['1', '2', '3'], rows: 2, notes });
    expect(read(',0,1\n0,5,3\n1,4,3')).toEqual({ names: ['', '0', '1'], rows: 2, notes });
    expect(read('1,2,3\n4,5,6').rows).toBe(2);
    expect(read('0,1,2,4\n5,3,1,0').rows).toBe(2);
  });

  test('with names and numbers is rejected unless the user says what it is', () => {
    const text = 'id,2019,2020\n1,5,6\n2,7,8';
    expect(() => records(text)).toThrow(
      new InputError(
        't.csv, line 1: "id" stands above numbers, but "2019" is a number; say with --header that the line names the ' +
          'columns, or with --no-header that it is a row of data.',
      ),
    );
    expect(read(text, { header: true })).toEqual({ names: ['id', '2019', '2020'], rows: 2, notes: '' });
    expect(read(text, { header: false })).toEqual({ names: ['1', '2', '3'], rows: 3, notes: '' });
    expect(read('a,b\n1,2', { header: false }).rows).toBe(2);
    expect(read('5,6\n1,2', { header: true }).names).toEqual(['5', '6']);
  });

  test("of scikit-learn's own files names the classes, if its counts are those of the rows", () => {
    const table = records('3,2,setosa,versicolor\n5.1,3.5,0\n4.9,3,1\n4.7,3.2,0');
    expect(cells(table).names).toEqual(['1', '2', 'target']);
    expect(table).toMatchObject({
      rows: 3,
      classNames: { column: 'target', names: ['setosa', 'versicolor'] },
    });
    const ofData = ['3.5,2,a,b', '1,2.5,a,b', '1,0,a,b', '1,2,a', '1,2,a,1', '5,3,red,yes', '1,3,a,b'];
    for (const first of ofData) {
      const { classNames, columns, rows } = records(`${first}\n${first}`);
      expect([classNames, columns.length, rows]).toEqual([undefined, first.split(',').length, 2]);
    }
    expect(() => records('3,1,a,b\n7,0')).toThrow(
      't.csv, line 1: the line says that 3 rows of 1 features follow, as scikit-learn writes it, but 1 rows of 2 columns follow.',
    );
    expect(records('1,3,a,b\n7,8,9,0').classNames?.names).toEqual(['a', 'b']);
    expect(records('1,3,a,b\n7,8,9,0', { header: false }).rows).toBe(2);
  });
});

test('columns that number the rows stay in the table and are not inputs, which is said', () => {
  const inputs = (text: string, categories: string[] = []) => {
    const table = records(text);
    const { preprocessing, notes } = datasetFromTable(table, { target: 'y', testShare: 0, categories });
    return {
      all: table.columns.map(({ name }) => name),
      inputs: (preprocessing as { columns: { name: string }[] }).columns.map(({ name }) => name),
      notes: notes ?? [],
    };
  };
  const about = 'is left out: it looks like an index of the rows.';
  expect(inputs(',a,y\n0,1,2.5\n1,3,4')).toEqual({
    all: ['', 'a', 'y'],
    inputs: ['a'],
    notes: [`The first column of t.csv has no name and ${about}`],
  });
  for (const name of ['Unnamed: 0', 'Unnamed: 0.1', '__index_level_0__']) {
    expect(inputs(`${name},a,y\n0,1,2.5\n1,3,4`)).toEqual({
      all: [name, 'a', 'y'],
      inputs: ['a'],
      notes: [`Column "${name}" of t.csv ${about}`],
    });
    expect(inputs(`${name},a,y\n0,1,2.5\n1,3,4`, [name]).inputs).toEqual([name, 'a']);
  }
  expect(inputs('Unnamed: 1,a,y\n0,1,2.5\n1,3,4')).toMatchObject({ inputs: ['Unnamed: 1', 'a'], notes: [] });
  // Of two columns there is none to spare.
  expect(cells(records(',b\n1,2'))).toEqual({ names: ['1', 'b'], rows: [['1', '2']] });
});

describe('a text file that is not plain CSV is rejected with the cause', () => {
  test.each([
    [
      'a;b;c\n1;2;3',
      'line 1: there are semicolons between the columns, expected commas; replace them, or use --decimal , if its numbers have decimal commas.',
    ],
    ['1;2,5;3\n4;5,5;6', /^t\.csv, line 1: there are semicolons/],
    [
      'a\tb\n1\t2',
      'line 1: there are tabs between the columns, expected commas; a .csv file has commas between columns and a .tsv file tabs.',
    ],
    ['a|b\n1|2', /^t\.csv, line 1: there are vertical bars between the columns/],
    ['sep=;\na;b\n1;2', 'line 1: "sep=;" is an instruction for Excel; remove the line.'],
    ['sep=,\na,b\n1,2', 'line 1: "sep=," is an instruction for Excel; remove the line.'],
    [
      '# made by x\na,b\n1,2',
      'line 1: "# made by x" looks like a comment, which a table cannot contain; remove the line.',
    ],
    [
      'a,b\n1,2\n# end',
      'line 3: "# end" looks like a comment, which a table cannot contain; remove the line.',
    ],
    [
      'a,b\n1,2,3\n4,5,6',
      'line 1: 2 names for 3 columns; R writes such a file with the names of the rows: write it with row.names = FALSE.',
    ],
    ['a,b\n1,2,3\n4,5', 'line 2: 3 columns, expected 2 as in the first line.'],
    ['a,b\n1,2\n3', 'line 3: 1 columns, expected 2 as in the first line.'],
    ['a,b,c\n1\n2', 'line 2: 1 columns, expected 3 as in the first line.'],
    ['a,b,c,d\n1,2\n3', 'line 3: 1 columns, expected 2 as in line 2.'],
  ])('%j', (text, message) => {
    expect(() => records(text)).toThrow(InputError);
    expect(() => records(text)).toThrow(
      typeof message === 'string' ? new InputError(`t.csv, ${message}`) : message,
    );
  });

  test('but with decimal commas, semicolons stand between columns', () => {
    const table = records('a;b\n3,5;x\n-1,25e1;"1,5"', { decimal: ',' });
    expect(cells(table).rows).toEqual([
      ['3,5', 'x'],
      ['-1,25e1', '1,5'],
    ]);
    expect(numbers(table)).toEqual([
      [3.5, -12.5],
      [NaN, 1.5],
    ]);
    expect(numbers(records('a,b\n"3,5",1', { decimal: ',' }))).toEqual([[3.5], [1]]);
  });
});

/** As NumPy writes an array: header, then values. */
function npy(
  descr: string,
  shape: string,
  values: ArrayBufferView,
  fortran = false,
  version = 1,
): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape}), }`;
  const header = text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11) + '\n';
  const length = [header.length & 255, header.length >> 8, ...(version > 1 ? [0, 0] : [])];
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0, ...length]);
  const content = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return new Uint8Array(Buffer.concat([start, Buffer.from(header), content]));
}

describe('NumPy', () => {
  test.each<[string, bigint[], (view: DataView, at: number, value: bigint, little: boolean) => void]>([
    ['i1', [-128n, 127n], (view, at, value) => view.setInt8(at, Number(value))],
    ['u1', [0n, 255n], (view, at, value) => view.setUint8(at, Number(value))],
    ['b1', [0n, 1n], (view, at, value) => view.setUint8(at, Number(value))],
    ['i2', [-32768n, 258n], (view, at, value, little) => view.setInt16(at, Number(value), little)],
    ['u2', [65535n, 258n], (view, at, value, little) => view.setUint16(at, Number(value), little)],
    ['i4', [-(2n ** 31n), 66051n], (view, at, value, little) => view.setInt32(at, Number(value), little)],
    ['u4', [2n ** 32n - 1n, 66051n], (view, at, value, little) => view.setUint32(at, Number(value), little)],
    ['i8', [-(2n ** 63n), 2n ** 40n + 1n], (view, at, value, little) => view.setBigInt64(at, value, little)],
    [
      'u8',
      [2n ** 64n - 1n, 2n ** 40n + 1n],
      (view, at, value, little) => view.setBigUint64(at, value, little),
    ],
    ['f4', [-3n, 2n ** 70n], (view, at, value, little) => view.setFloat32(at, Number(value), little)],
    ['f8', [-3n, 2n ** 90n], (view, at, value, little) => view.setFloat64(at, Number(value), little)],
  ])('the ends of %s, in either order of bytes', (type, values, put) => {
    const bytes = Number(type.slice(1));
    for (const order of '<>|') {
      const view = new DataView(new ArrayBuffer(2 * bytes));
      values.forEach((value, i) => put(view, i * bytes, value, order !== '>'));
      const { shape, values: found } = parseNpy(npy(order + type, '2,', view), 'a');
      expect([shape, Array.from(found as ArrayLike<number>)]).toEqual([[2], values.map(Number)]);
    }
  });

  test('columns first with fewer rows than columns and with more, one number alone, and texts of either order', () => {
    const values = (array: Uint8Array) => Array.from(parseNpy(array, 'a').values as ArrayLike<unknown>);
    expect(values(npy('<i2', '3, 2', Int16Array.of(1, 3, 5, 2, 4, 6), true))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(values(npy('<i2', '3,', Int16Array.of(1, 3, 5), true))).toEqual([1, 3, 5]);
    for (const version of [2, 3])
      expect(values(npy('<i2', '3,', Int16Array.of(1, 3, 5), false, version))).toEqual([1, 3, 5]);
    expect(values(npy('<i2', '1, 2, 2', Int16Array.of(1, 3, 2, 4), true))).toEqual([1, 2, 3, 4]);
    expect(values(npy('<i2', '1, 1, 3', Int16Array.of(7, 8, 9)))).toEqual([7, 8, 9]);
    expect(parseNpy(npy('<f4', '', Float32Array.of(2.5)), 'a')).toEqual({
      shape: [],
      dtype: 'float32',
      values: Float64Array.of(2.5),
    });
    const text = new DataView(new ArrayBuffer(24));
    [...' \u{1f600}xab '].forEach((letter, i) => text.setUint32(4 * i, letter.codePointAt(0)!));
    expect(values(npy('>U3', '2,', text))).toEqual(['\u{1f600}x', 'ab']);
  });

  test('64-bit integers keep their digits in a table', () => {
    const ids = BigInt64Array.of(9007199254740993n, -1n, 1234567890123456789n, 5n);
    const table = tableOfArrays({ id: parseNpy(npy('<i8', '2, 2', ids, true), 'id') }, 't.npz');
    expect(cells(table).rows).toEqual([
      ['9007199254740993', '1234567890123456789'],
      ['-1', '5'],
    ]);
    const large = parseNpy(npy('<u8', '1,', BigUint64Array.of(2n ** 64n - 1n)), 'id');
    expect(cells(tableOfArrays({ id: large }, 't.npz')).rows).toEqual([[String(2n ** 64n - 1n)]]);
  });

  test('tables of them are called by their names and numbers, and must have as many rows', () => {
    const array = (...shape: number[]) => ({
      shape,
      dtype: 'float64' as const,
      values: new Float64Array(shape.reduce((a, b) => a * b, 1)),
    });
    const names = (arrays: Parameters<typeof tableOfArrays>[0]) =>
      cells(tableOfArrays(arrays, 't.npz')).names;
    expect(names({ X: array(2, 3) })).toEqual(['1', '2', '3']);
    expect(names({ X: array(2) })).toEqual(['X']);
    expect(names({ X: array(2, 1), y: array(2) })).toEqual(['X 1', 'y']);
    const table = tableOfArrays({ x: array(1, 4096) }, 't.npz');
    expect([table.name, table.rows, table.columns.length, table.placeOf(0)]).toEqual([
      't.npz',
      1,
      4096,
      'row 1',
    ]);
    const refused: [Parameters<typeof tableOfArrays>[0], string][] = [
      [{ x: array(1, 4097) }, 't.npz has more than 4096 columns, which is the maximum.'],
      [{ x: array(2), y: array(3) }, 't.npz: its arrays have 2 and 3 rows; the numbers must be equal.'],
      [{ x: array() }, 't.npz: the array "x" has 0 dimensions; a table has one or two.'],
      [{ x: array(1, 1, 1) }, 't.npz: the array "x" has 3 dimensions; a table has one or two.'],
      [{}, 't.npz has no rows: expected a table.'],
    ];
    for (const [arrays, message] of refused)
      expect(() => tableOfArrays(arrays, 't.npz')).toThrow(new InputError(message));
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
    ['next to nothing', npy('|u1', '0,', new Uint8Array(0)).subarray(0, 5), /does not begin as one/],
    ['a header cut short', npy('|u1', '0,', new Uint8Array(0)).subarray(0, 127), /it is cut short/],
    ['a byte too few', npy('<u2', '4,', new Uint8Array(7)), /it is cut short/],
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
    ['{"a": [1]}', ', "a": the cell holds a list or an object, expected one number or text.'],
    ['[1, 2]', ': expected an object such as {"age": 41, "kind": "a"}.'],
    ['null', ': expected an object such as {"age": 41, "kind": "a"}.'],
    ['{"a": 1', ': this is not JSON; expected an object such as {"age": 41, "kind": "a"}.'],
  ])('%s', async (line, message) => {
    const reading = readJsonLines(['{"a": " x "}', '', line], 't.jsonl');
    await expect(reading).rejects.toThrow(new InputError(`t.jsonl, line 3${message}`));
  });
});
