import { describe, expect, test } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { commandsIn, makeInputs } from './predict-fixtures.ts';

const directory = await makeInputs();
const { predict, predictions } = commandsIn(directory);

const zeros = ['--values', Array(784).fill(0).join()];

describe('predictions', () => {
  test('--threshold moves the boundary of a binary model', async () => {
    const label = async (threshold: string) =>
      (await predictions(['gate.json', '--values', '0,1', '--threshold', threshold]))[0].label;
    expect([await label('0.4'), await label('0.6')]).toEqual(['1', '0']);
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
