/** Tables and pictures of the user's own: which files are read, as what, and what of them trains. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { loadForModel, userData } from '../../../datasets/user/index.ts';
import { hashOf, isTableFile, readTableFile, tableEndings } from '../../../datasets/user/table-file.ts';
import type { UserFiles } from '../../../src/data/dataset.ts';
import { textAt, type Table } from '../../../src/data/table/table.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { silent } from '../../../src/utils/progress.ts';
import { dataRequestWith } from '../../../src/node/data-request.ts';
import { sha256 } from '../../../src/node/files.ts';
import { encodeNpz } from '../../../src/data/formats/npz.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const place = temporaryDirectory();

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(place, name);
  await writeFile(path, content);
  return path;
}

const load = (own: UserFiles, notes: string[] = [], options = {}) =>
  userData.load(
    dataRequestWith({ own, seed: 3, options, progress: { ...silent, note: (note) => notes.push(note) } }),
  );

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no refusal',
    (error: unknown) => (error instanceof InputError ? error.message.replaceAll(place, '.') : String(error)),
  );

const cells = (table: Table) => [
  table.columns.map(({ name }) => name),
  ...Array.from({ length: table.rows }, (_, row) => table.columns.map((column) => textAt(column, row))),
];
const same = [
  ['a', 'b'],
  ['1', 'x'],
  ['2', 'y, z'],
];
const [csv, tsv] = ['a,b\n1,x\n2,"y, z"\n', 'a\tb\n1\tx\n2\ty, z\n'];
const lines = '{"a": 1, "b": "x"}\n{"a": 2, "b": "y, z"}\n';

describe('a table is read by the ending of its name', () => {
  test('which are these', () => {
    expect(tableEndings).toEqual(['csv', 'tsv', 'jsonl', 'ndjson', 'npy', 'npz', 'parquet']);
    for (const name of ['a.csv', 'b/A.CSV', 'a.tsv.gz', 'a.b.npz', 'a.Parquet', '.csv'])
      expect([name, isTableFile(name)]).toEqual([name, true]);
    for (const name of ['csv', 'a.csv.zip', 'a.csvs', 'a.txt', 'a.gz', 'a.csv/b', 'a.csv '])
      expect([name, isTableFile(name)]).toEqual([name, false]);
  });

  test.each([
    ['t.csv', csv],
    ['T.CSV', csv],
    ['t.tsv', tsv],
    ['t.jsonl', lines],
    ['t.ndjson', lines],
    ['t.csv.gz', gzipSync(csv)],
    ['packed-all-the-same.csv', gzipSync(csv)],
    ['plain-all-the-same.jsonl.gz', lines],
  ])('%s', async (name, content) => {
    const path = await file(name, content);
    const { table, file: told } = await readTableFile(path);
    expect(cells(table)).toEqual(same);
    expect(table.name).toBe(name);
    expect(told).toEqual({ name, bytes: Buffer.from(content).length, sha256: sha256(content) });
    expect(await hashOf(path)).toBe(sha256(content));
  });

  test('t.npz and t.npy, by the names of the arrays or the file', async () => {
    const arrays = encodeNpz({
      a: { shape: [2, 2], dtype: 'float64', values: [1, 2, 3, 4] },
      b: { shape: [2], dtype: 'float32', values: [5, 6.5] },
    });
    expect(cells((await readTableFile(await file('t.npz', arrays))).table)).toEqual([
      ['a 1', 'a 2', 'b'],
      ['1', '2', '5'],
      ['3', '4', '6.5'],
    ]);
    const { unzipSync, zipSync } = await import('fflate');
    const entries = unzipSync(arrays);
    const beside = zipSync({ ...entries, 'about.txt': new Uint8Array([1]) });
    expect((await readTableFile(await file('u.npz', beside))).table.columns).toHaveLength(3);
    expect(cells((await readTableFile(await file('t.npy', entries['b.npy']))).table)).toEqual([
      ['t.npy'],
      ['5'],
      ['6.5'],
    ]);
    const none = zipSync({ 'about.txt': new Uint8Array([1]) });
    expect(await refusal(readTableFile(await file('none.npz', none)))).toBe('none.npz contains no arrays.');
    const broken = zipSync({ 'x.npy': new Uint8Array([1]) });
    expect(await refusal(readTableFile(await file('broken.npz', broken)))).toMatch(
      /^broken\.npz: the array x is not a valid NumPy array/,
    );
    // The size that the directory of an archive claims.
    const bomb = zipSync({ 'x.npy': new Uint8Array(9) }, { level: 0 });
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    for (let i = 0; i + 4 < bomb.length; i++)
      if (view.getUint32(i) === 0x504b0102) view.setUint32(i + 24, 256e6 + 1, true);
    expect(await refusal(readTableFile(await file('bomb.npz', bomb)))).toBe(
      'bomb.npz unpacks to more than the 256000000 bytes allowed.',
    );
    expect(await refusal(readTableFile(await file('text.npz', 'hello')))).toMatch(
      /^text\.npz is not a valid \.npz archive: .+\.$/,
    );
  });

  test('anything else is refused in a sentence', async () => {
    expect(await refusal(readTableFile(await file('t.xlsx', 'a')))).toBe(
      'Unknown table format: ./t.xlsx. The name must end in .csv, .tsv, .jsonl, .ndjson, .npy, .npz, .parquet.',
    );
    expect(await refusal(readTableFile(join(place, 'missing.csv')))).toBe(
      'cannot read "./missing.csv": it does not exist',
    );
    const latin = Uint8Array.from(Buffer.from('{"a": "\xfc"}', 'latin1'));
    expect(await refusal(readTableFile(await file('latin.jsonl', latin)))).toBe(
      'latin.jsonl: this is not a text file in UTF-8',
    );
    const longest = await file('longest.csv', `a,b\n1,${'x'.repeat(999_998)}\n`);
    expect((await readTableFile(longest)).table.rows).toBe(1);
    const longer = await file('longer.csv', `a,b\n1,${'x'.repeat(999_999)}\n`);
    expect(await refusal(readTableFile(longer))).toBe(
      'longer.csv, line 2: this is not CSV (the line is longer than 1000000 characters)',
    );
  });
});

describe('a table trains', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 4 === 0 ? 'yes' : 'no'}`);
  const table = () => file('data.csv', ['n,sure', ...rows, ',no'].join('\n'));

  test('without the rows of which a cell is missing, which are counted', async () => {
    const path = await table();
    const notes: string[] = [];
    const own: UserFiles = { file: path, target: 'sure', missing: 'drop', testShare: 0.25 };
    const loaded = await load(own, notes);
    expect(loaded.own).toBe(own);
    expect(loaded).toMatchObject({ name: 'data.csv', source: 'dir', classNames: ['no', 'yes'] });
    expect([loaded.train.rows, loaded.test.rows]).toEqual([15, 5]);
    expect(notes).toEqual(['1 of 21 rows of data.csv are left out because a cell is missing.']);
    expect(loaded.files.map(({ name }) => name)).toEqual(['data.csv']);
    const whole = await load({ ...own, testShare: 0 }, notes);
    expect(whole.test).toBe(whole.train);
    expect(whole.train.rows).toBe(20);
    expect(notes).toHaveLength(2);
    const filled = await load({ ...own, missing: 'mean', testShare: 0 }, notes);
    expect(filled.train.rows).toBe(21);
    expect(notes).toHaveLength(2);
  });

  test('once its column to predict is named, and its own notes are passed on', async () => {
    const path = await table();
    expect(await refusal(load({ file: path }))).toBe(
      'Missing target. Name the column of data.csv to predict with --target: "n", "sure".',
    );
    const notes: string[] = [];
    const indexed = await file('indexed.csv', [',n,sure', ...rows.map((row, i) => `${i},${row}`)].join('\n'));
    await load({ file: indexed, target: 'sure' }, notes);
    expect(notes).toEqual([expect.stringContaining('first column of indexed.csv has no name')]);
  });

  test('and another one is scored on every row, for a model of tables alone', async () => {
    const { preprocessing, classNames, train } = await load({
      file: await table(),
      target: 'sure',
      missing: 'drop',
      testShare: 0,
    });
    const other = await file('other.csv', 'sure,n\nyes,3\nno,5\n');
    const { test: scored, ...about } = await loadForModel(
      other,
      { preprocessing: preprocessing, classNames },
      'sure',
    );
    expect(about).toEqual({
      name: 'other.csv',
      source: 'dir',
      classNames: ['no', 'yes'],
      files: [{ name: 'other.csv', bytes: 18, sha256: await hashOf(other) }],
    });
    expect([scored.rows, scored.features, Array.from(scored.labels)]).toEqual([2, 1, [1, 0]]);
    expect(Array.from(scored.inputs as ArrayLike<number>)).toEqual(
      Array.from(train.inputs as ArrayLike<number>).filter((_, row) => row === 3 || row === 5),
    );
    const grey = { kind: 'image', height: 1, width: 1, channels: 1, divisor: 255 } as const;
    expect(await refusal(loadForModel(other, { preprocessing: grey, classNames }, 'sure'))).toBe(
      'The model was not trained on a table and cannot use other.csv.',
    );
  });
});

describe('pictures in folders train', () => {
  let folder: string;
  const shade = (value: number) =>
    sharp({ create: { width: 3, height: 5, channels: 3, background: { r: value, g: value, b: value } } })
      .png()
      .toBuffer();
  beforeAll(async () => {
    folder = join(place, 'pictures');
    for (const [label, name] of ['b', 'a'].entries()) {
      await mkdir(join(folder, name), { recursive: true });
      for (let i = 0; i < 4; i++)
        await writeFile(join(folder, name, `${i}.png`), await shade(100 * label + 10 * i));
    }
    await mkdir(join(folder, '.hidden'));
    await writeFile(join(folder, 'about.txt'), '');
  });

  test('in the size of MNIST unless another is said, in colour or grey', async () => {
    const loaded = await load({ folder });
    expect(loaded).toMatchObject({ name: 'pictures', source: 'dir', classNames: ['a', 'b'] });
    expect(loaded.preprocessing).toEqual({
      ...{ kind: 'image', height: 28, width: 28, channels: 3, divisor: 255, resized: true },
    });
    expect([loaded.train.features, loaded.train.rows, loaded.test.rows]).toEqual([28 * 28 * 3, 6, 2]);
    expect(loaded.files.map(({ name }) => name)).toEqual(
      ['a', 'b'].flatMap((name) => [0, 1, 2, 3].map((i) => `./${name}/${i}.png`)),
    );
    const small = await load({ folder, size: [2, 4], grey: true, testShare: 0.5 });
    expect(small.preprocessing).toMatchObject({ width: 2, height: 4, channels: 1 });
    expect([small.train.features, small.train.rows, small.test.rows]).toEqual([8, 4, 4]);
  });

  test('each row with its own pixels, label and origin, and every picture in one of the two parts', async () => {
    const { train, test: held } = await load({ folder, size: [1, 2], grey: true, testShare: 0.25 });
    const seen = [train, held].flatMap(({ rows, features, inputs, labels, divisor, origin }) =>
      Array.from({ length: rows }, (_, row) => {
        expect([features, divisor]).toEqual([2, 255]);
        const [first, second] = Array.from(inputs.subarray(2 * row, 2 * row + 2) as Uint8Array);
        expect(second).toBe(first);
        return `${origin!(row).file} ${first} ${labels[row]}`;
      }),
    );
    expect([train.rows, held.rows]).toEqual([6, 2]);
    expect(seen.sort()).toEqual([
      ...['./a/0.png 100 0', './a/1.png 110 0', './a/2.png 120 0', './a/3.png 130 0'],
      ...['./b/0.png 0 1', './b/1.png 10 1', './b/2.png 20 1', './b/3.png 30 1'],
    ]);
    const whole = await load({ folder, size: [1, 1], testShare: 0 });
    expect(whole.test).toBe(whole.train);
    expect(whole.train.rows).toBe(8);
  });

  test('without broken ones if the request says so', async () => {
    const broken = join(folder, 'b', 'broken.png');
    await writeFile(broken, 'no picture');
    const notes: string[] = [];
    expect(await refusal(load({ folder }))).toContain('broken.png');
    expect((await load({ folder, testShare: 0 }, notes, { skipBroken: true })).train.rows).toBe(8);
    expect(notes).toHaveLength(1);
    await rm(broken);
  });

  test('in 2 to 256 folders', async () => {
    const few = join(place, 'few');
    await mkdir(join(few, 'one'), { recursive: true });
    const sentence = (count: number) =>
      `./few has ${count} folders; expected 2 to 256, one of pictures for each class.`;
    expect(await refusal(load({ folder: few }))).toBe(sentence(1));
    await Promise.all(Array.from({ length: 255 }, (_, i) => mkdir(join(few, `class-${i}`))));
    expect(await refusal(load({ folder: few }))).toMatch(/the folder holds no pictures$/);
    await mkdir(join(few, 'more'));
    expect(await refusal(load({ folder: few }))).toBe(sentence(257));
    expect(await refusal(load({ folder: join(place, 'nowhere') }))).toBe(
      'cannot read the folder "./nowhere": it does not exist',
    );
  });
});
