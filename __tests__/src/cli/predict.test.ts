import { describe, expect, test } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { isFailed, readInputs } from '../../../src/cli/shared/prediction-inputs.ts';
import { silent } from '../../../src/utils/progress.ts';
import type { SavedModel } from '../../../src/weights/saved-model.ts';
import { commandsIn, makeInputs } from './predict-fixtures.ts';

const directory = await makeInputs();
const { predict, predictions } = commandsIn(directory);

const zeros = ['--values', Array(784).fill(0).join()];

describe('predictions', () => {
  test('--threshold moves the boundary of a binary model', async () => {
    const label = async (threshold: string) =>
      (await predictions(['gate.json', '--values', '0,1', '--threshold', threshold]))[0].label;
    expect([await label('0.4'), await label('0.6')]).toEqual(['1', '0']);
    for (const output of ['text', 'table', 'csv']) {
      const { stdout } = await predict([
        'gate.json',
        '--values',
        '1,1',
        '--threshold',
        '0.9',
        '--output',
        output,
      ]);
      expect([output, stdout]).toEqual([output, expect.stringMatching(/1,1\W+0\b/)]);
    }
  });

  test('--top-k ranks classes', async () => {
    const [{ top, probabilities }] = await predictions(['digits.json', '--top-k', '3', ...zeros]);
    expect(top?.map(({ label }) => label)).toEqual(['9', '8', '7']);
    expect(top?.map(({ probability }) => probability)).toEqual(probabilities.slice(7).reverse());
  });

  test('--output csv prints one line per input and one column per class', async () => {
    const { stdout } = await predict(['gate.json', 'rows.csv', '--output', 'csv']);
    const rows = parse(stdout, { columns: true });
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatchObject({ input: 'rows.csv:3', label: '1' });
    const { 0: zero, 1: one } = rows[1] as { 0: string; 1: string };
    expect(Number(one)).toBeCloseTo(0.8808, 4);
    expect(Number(zero) + Number(one)).toBeCloseTo(1, 12);
    await writeFile(join(directory, 'rows.tsv'), 'x1\tx2\n0\t0\n1\t1\n0\t1\n');
    const withTabs = await predict(['gate.json', 'rows.tsv', '--output', 'csv']);
    expect(withTabs.stdout).toBe(stdout.replaceAll('rows.csv', 'rows.tsv'));
  });

  test('--output json prints what --json prints', async () => {
    const args = ['gate.json', 'plain.csv', '--top-k', '1'];
    const [asOutput, asJson] = [
      await predict([...args, '--output', 'json']),
      await predict([...args, '--json']),
    ];
    expect(JSON.parse(asOutput.stdout)).toEqual(JSON.parse(asJson.stdout));
  });

  test('prints a table of 80 columns for many inputs, and bars for few', async () => {
    const table = await predict(['gate.json', 'rows.csv', 'plain.csv']);
    expect(table.stdout).toMatch(/^input +label +most probable\nrows\.csv:2 +0 +0 88\.08 %\n/);
    const wide = await predict(['digits.json', '--top-k', '10', '--output', 'table', ...zeros]);
    expect(Math.max(...wide.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const text = await predict(['gate.json', '--values', '1,1']);
    expect(text.stdout).toMatch(/1,1: 1\n +0 +11\.92 % ████\n +1 +88\.08 % █+\n/);
  });

  test('--contact-sheet draws every image', async () => {
    const { code, stderr } = await predict(['cats.json', 'zoo photos', '--contact-sheet', 'sheet.png']);
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('sheet.png') as unknown,
    });
    const { data, info } = await sharp(await readFile(join(directory, 'sheet.png')))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const counts = { red: 0, blue: 0 };
    for (let i = 0; i < data.length; i += info.channels) {
      const [r, g, b] = data.subarray(i, i + 3);
      if (r > 190 && g < 60 && b < 60) counts.red++;
      if (b > 190 && g < 60 && r < 60) counts.blue++;
    }
    // Two red pictures and a blue one, each of 96×96 points at twice the density.
    expect(counts.red / 192 ** 2).toBeCloseTo(2, 1);
    expect(counts.blue / 192 ** 2).toBeCloseTo(1, 1);
  });
});

describe('a row that does not fit', () => {
  test('is reported and left without a prediction; the others are predicted, and the exit code is 1', async () => {
    await writeFile(join(directory, 'mixed.csv'), '0,1\n0,x\n1,1\n');
    const { code, stdout, stderr } = await predict(['gate.json', 'mixed.csv', '--json']);
    expect(code).toBe(1);
    const { predictions } = JSON.parse(stdout) as { predictions: { label?: string; error?: string }[] };
    expect(predictions.map(({ label }) => label)).toEqual(['0', undefined, '1']);
    expect(predictions[1].error).toMatch(/mixed\.csv, line 2/);
    expect(stderr).toMatch(/mixed\.csv, line 2.*\n1 of 3 rows not predicted\./);
    const csv = await predict(['gate.json', 'mixed.csv', '--output', 'csv']);
    expect(csv.stdout.split('\n')[2]).toBe('mixed.csv:2,,,');
    const text = await predict(['gate.json', 'mixed.csv']);
    expect(text.stdout).toContain('mixed.csv:2: not predicted\n');
  });

  test('an unknown category fails its row alone, and a missing column the table', async () => {
    const columns = [{ name: 'color', categories: ['blue', 'red'] }];
    const saved = {
      file: { preprocessing: { kind: 'table', columns } },
      features: 2,
    } as unknown as SavedModel;
    const inputsOf = async (text: string) => {
      await writeFile(join(directory, 'colors.csv'), text);
      const words = [join(directory, 'colors.csv')];
      return readInputs(saved, { values: [], words, skipBroken: false, progress: silent });
    };
    const rows = await inputsOf('color,id\nred,1\ngreen,2\nblue,3\n');
    expect(rows.map((row) => (isFailed(row) ? row.error : [...row.values]))).toEqual([
      [0, 1],
      'colors.csv, line 3, column "color": "green" is an unknown category; training had "blue", "red".',
      [1, 0],
    ]);
    await expect(inputsOf('color,id\ngreen,2\npink,3\n')).rejects.toThrow('"green" is an unknown category');
    await expect(inputsOf('id,size\n2,a\n3,b\n')).rejects.toThrow('has no column "color"');
  });
});

test.each<[string, string[], RegExp]>([
  ['no input', ['gate.json'], /Missing input\. Name images, a folder/],
  ['a pattern without a match', ['cats.json', 'none/*.png'], /No file matches none/],
  ['a folder without pictures', ['cats.json', '.empty'], /contains no images/],
  ['a broken picture in a folder', ['cats.json', 'broken'], /bad\.png.*not a picture/],
  ['a row of another width', ['digits.json', 'rows.csv'], /rows\.csv, line 2 has 2 numbers; .* takes 784/],
  [
    'a threshold for ten classes',
    ['digits.json', '--threshold', '0.5', '--values', '1'],
    /needs a binary classifier/,
  ],
  [
    'a sheet of numbers',
    ['gate.json', '--values', '1,1', '--contact-sheet', 's.png'],
    /needs a model of images/,
  ],
])('%s is refused in one sentence', async (_, args, message) => {
  await mkdir(join(directory, '.empty'), { recursive: true });
  const { code, stdout, stderr } = await predict(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
