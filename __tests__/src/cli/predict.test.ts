import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { zoo } from '../../helpers/zoo.ts';

let directory: string;

const weightsFile = (model: string, more: object) =>
  JSON.stringify({ format: 'backprop-zoo/weights', version: 1, model, training: {}, metrics: {}, ...more });

/** Cats are red here: the probability is σ of the mean of red minus the mean of blue, times a hundred. */
const cats = weightsFile('cats', {
  classNames: ['non-cat', 'cat'],
  parameters: {
    weights: {
      shape: [12288, 1],
      dtype: 'float32',
      values: Array.from({ length: 12288 }, (_, i) => [100, 0, -100][i % 3] / 4096),
    },
    bias: { shape: [1], dtype: 'float32', values: [0] },
  },
  preprocessing: { kind: 'image', height: 64, width: 64, channels: 3, divisor: 255 },
});

/** OR, nearly: probabilities .12, .5, .5, .88. */
const gate = weightsFile('gate', {
  options: { gate: 'or' },
  classNames: ['0', '1'],
  parameters: {
    weights: { shape: [2, 1], dtype: 'float32', values: [2, 2] },
    bias: { shape: [1], dtype: 'float32', values: [-2] },
  },
  preprocessing: { kind: 'none' },
});

/** The class is the column of the picture's brightest quarter, or whatever comes out: only the ranking matters. */
const digits = weightsFile('mnist', {
  options: { hidden: 1, activation: 'relu' },
  classNames: Array.from('0123456789'),
  parameters: {
    hiddenWeights: { shape: [784, 1], dtype: 'float32', values: new Array(784).fill(0) },
    hiddenBias: { shape: [1], dtype: 'float32', values: [1] },
    outputWeights: { shape: [1, 10], dtype: 'float32', values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
    outputBias: { shape: [10], dtype: 'float32', values: new Array(10).fill(0) },
  },
  preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
});

const colours = { red: '#d02020', blue: '#2020d0' };
const picture = (colour: string, width = 90, height = 70) =>
  sharp({ create: { width, height, channels: 3, background: colour } });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-predict-'));
  await mkdir(join(directory, 'zoo photos/deeper'), { recursive: true });
  const write = (name: string, content: string) => writeFile(join(directory, name), content);
  await write('cats.json', cats);
  await write('gate.json', gate);
  await write('digits.json', digits);
  await picture(colours.red).png().toFile(join(directory, 'zoo photos/a red.png'));
  await picture(colours.blue).jpeg().toFile(join(directory, 'zoo photos/b.JPG'));
  await picture(colours.red).webp().toFile(join(directory, 'zoo photos/deeper/c.webp'));
  await write('zoo photos/notes.txt', 'not a picture');
  await mkdir(join(directory, 'broken'));
  await picture(colours.red).png().toFile(join(directory, 'broken/good.png'));
  await write('broken/bad.png', 'not a picture');
  await write('rows.csv', 'x1,x2\n0,0\n1,1\n0,1\n');
  await write('plain.csv', '0,0\n1,1\n');
  await write('rows.jsonl', '[1,1]\n\n{"values":[0,0]}\n');
});
afterAll(() => rm(directory, { recursive: true }));

interface Document {
  model: string;
  predictions: {
    input: string;
    label: string;
    probabilities: number[];
    top?: { label: string; probability: number }[];
  }[];
}
const predict = (args: string[], input = '') =>
  zoo(['predict', ...args, '--backend', 'cpu'], { cwd: directory, input });
const predictions = async (args: string[], input = '') => {
  const { code, stdout, stderr } = await predict([...args, '--json'], input);
  if (code !== 0) throw new Error(stderr);
  return (JSON.parse(stdout) as Document).predictions;
};
const labels = async (args: string[], input = '') =>
  (await predictions(args, input)).map(({ input, label }) => [input, label]);

describe('what can be given', () => {
  const [red, blue, deep] = ['zoo photos/a red.png', 'zoo photos/b.JPG', 'zoo photos/deeper/c.webp'];

  test('several pictures, in their order', async () => {
    expect(await labels(['cats.json', blue, red, blue])).toEqual([
      [blue, 'non-cat'],
      [red, 'cat'],
      [blue, 'non-cat'],
    ]);
  });

  test('a folder, with what is below it and nothing that is no picture; more beside it', async () => {
    expect(await labels(['cats.json', 'zoo photos', 'broken/good.png'])).toEqual([
      [red, 'cat'],
      [blue, 'non-cat'],
      [deep, 'cat'],
      ['broken/good.png', 'cat'],
    ]);
  });

  test('patterns', async () => {
    expect(await labels(['cats.json', 'zoo photos/*.{png,JPG}', '**/*.webp'])).toEqual([
      [red, 'cat'],
      [blue, 'non-cat'],
      [deep, 'cat'],
    ]);
  });

  test('CSV with and without names of columns, JSON lines, standard input, values; all at once', async () => {
    const args = [
      'gate.json',
      'rows.csv',
      'plain.csv',
      '-',
      'rows.jsonl',
      '--values',
      '1,1',
      '--values',
      '0,0',
    ];
    expect(await labels(args, '1,1\n[0, 0]\n')).toEqual([
      ['1,1', '1'],
      ['0,0', '0'],
      ['rows.csv:2', '0'],
      ['rows.csv:3', '1'],
      ['rows.csv:4', '0'],
      ['plain.csv:1', '0'],
      ['plain.csv:2', '1'],
      ['1,1', '1'],
      ['[0, 0]', '0'],
      ['[1,1]', '1'],
      ['{"values":[0,0]}', '0'],
    ]);
  });

  test('with --skip-broken a folder’s files that are no pictures are left out, and named', async () => {
    const { code, stdout, stderr } = await predict(['cats.json', 'broken', '--skip-broken', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Document).predictions.map(({ input }) => input)).toEqual([
      'broken/good.png',
    ]);
    expect(stderr).toMatch(/skipped: .*bad\.png/);
  });
});

describe('what comes out', () => {
  test('--threshold moves the boundary of a binary model', async () => {
    const label = async (threshold: string) =>
      (await predictions(['gate.json', '--values', '0,1', '--threshold', threshold]))[0].label;
    expect([await label('0.4'), await label('0.6')]).toEqual(['1', '0']);
  });

  test('--top-k ranks classes', async () => {
    const [{ top, probabilities }] = await predictions([
      'digits.json',
      '--top-k',
      '3',
      '--values',
      Array(784).fill(0).join(),
    ]);
    expect(top?.map(({ label }) => label)).toEqual(['9', '8', '7']);
    expect(top?.map(({ probability }) => probability)).toEqual(probabilities.slice(7).reverse());
  });

  test('--output csv: a line an input, a column a class', async () => {
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

  test('many inputs make a table within 80 columns, few make pictures and bars', async () => {
    const table = await predict(['gate.json', 'rows.csv', 'plain.csv']);
    expect(table.stdout).toMatch(/^input +label +most probable\nrows\.csv:2 +0 +0 88\.08 %\n/);
    const wide = await predict([
      'digits.json',
      '--top-k',
      '10',
      '--output',
      'table',
      '--values',
      Array(784).fill(0).join(),
    ]);
    expect(Math.max(...wide.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    const text = await predict(['gate.json', '--values', '1,1']);
    expect(text.stdout).toMatch(/1,1: 1\n +0 +11\.92 % ████\n +1 +88\.08 % █+\n/);
  });

  test('--contact-sheet draws every picture', async () => {
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
  ['no input', ['gate.json'], /Give pictures, a folder/],
  ['a pattern without a match', ['cats.json', 'none/*.png'], /No file matches none/],
  ['a folder without pictures', ['cats.json', '.empty'], /holds no pictures/],
  ['a broken picture in a folder', ['cats.json', 'broken'], /bad\.png.*not a picture/],
  ['a row of another width', ['digits.json', 'rows.csv'], /rows\.csv, line 2 has 2 numbers; .* takes 784/],
  ['a threshold for ten classes', ['digits.json', '--threshold', '0.5', '--values', '1'], /two classes/],
  ['a threshold out of range', ['gate.json', '--threshold', '2', '--values', '1,1'], /--threshold takes/],
  ['more classes than there are', ['gate.json', '--top-k', '3', '--values', '1,1'], /--top-k takes/],
  ['a sheet of numbers', ['gate.json', '--values', '1,1', '--contact-sheet', 's.png'], /models of pictures/],
])('%s is refused in one sentence', async (_, args, message) => {
  await mkdir(join(directory, '.empty'), { recursive: true });
  const { code, stdout, stderr } = await predict(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('evaluate scores the same weights on a data directory of one’s own', async () => {
  for (const [place, cat, other] of [
    ['mine', 'red', 'blue'],
    ['swapped', 'blue', 'red'],
  ] as const) {
    for (const split of ['train', 'test']) {
      const folder = (name: string) => join(directory, place, 'cats', split, name);
      for (const [name, colour] of [
        ['cat', cat],
        ['non-cat', other],
      ] as const) {
        await mkdir(folder(name), { recursive: true });
        await picture(colours[colour])
          .png()
          .toFile(join(folder(name), 'one.png'));
      }
    }
  }
  const accuracy = async (place: string) => {
    const args = ['evaluate', 'cats.json', '--data-dir', place, '--backend', 'cpu', '--json'];
    const { stdout } = await zoo(args, { cwd: directory });
    return (JSON.parse(stdout) as { metrics: { test: { accuracy: number } } }).metrics.test.accuracy;
  };
  expect([await accuracy('mine'), await accuracy('swapped')]).toEqual([1, 0]);
});
