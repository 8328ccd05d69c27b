import { describe, expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zooHere } from '../../../helpers/zoo-here.ts';
import { colors, commandsIn, makeInputs, picture, type Document } from '../predict-fixtures.ts';

const directory = await makeInputs();
const { predict, predictions } = commandsIn(directory);
const labels = async (args: string[], input = '') =>
  (await predictions(args, input)).map(({ input, label }) => [input, label]);

describe('inputs', () => {
  const [red, blue, deep] = ['zoo photos/a red.png', 'zoo photos/b.JPG', 'zoo photos/deeper/c.webp'];

  test('several images, in their order', async () => {
    expect(await labels(['cats.json', blue, red, blue])).toEqual([
      [blue, 'non-cat'],
      [red, 'cat'],
      [blue, 'non-cat'],
    ]);
  });

  test('a folder with its subfolders, images only, and further inputs', async () => {
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

  test('CSV with and without column names, JSON lines, standard input and values in one call', async () => {
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

  test('--skip-broken skips unreadable files of a folder and lists them', async () => {
    const { code, stdout, stderr } = await predict(['cats.json', 'broken', '--skip-broken', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Document).predictions.map(({ input }) => input)).toEqual([
      'broken/good.png',
    ]);
    expect(stderr).toMatch(/skipped: .*bad\.png/);
  });
});

describe('tables', () => {
  const inputs = async (text: string, name = 'table.csv') => {
    await writeFile(join(directory, name), text);
    return (await predictions(['gate.json', name])).map(({ input }) => input);
  };

  test('130,000 rows, also as a table', async () => {
    await writeFile(join(directory, 'long.csv'), '0,1\n'.repeat(130_000));
    const { code, stdout } = await predict(['gate.json', 'long.csv', '--output', 'table', '--quiet']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(130_001);
  });

  test('a first line without any number is a header', async () => {
    expect(await inputs('x1,x2\n0,1\n')).toEqual(['table.csv:2']);
    expect(await inputs(',x2\n0,1\n')).toEqual(['table.csv:2']);
    expect(await inputs('0,1\n')).toEqual(['table.csv:1']);
    expect(await inputs('x1\tx2\n0\t1\n')).toEqual(['table.csv:2']);
  });

  test('a decimal comma between tabs is reported, not read as a separator', async () => {
    await expect(inputs('0,5\t1\n')).rejects.toThrow(
      'table.csv, line 1, column 1: "0,5" is not a finite number',
    );
  });
});

test('control characters in file names are not printed', async () => {
  const evil = '\x1b]0;owned\x07\x1b[31m\u202e';
  await mkdir(join(directory, `evil${evil}`));
  await writeFile(join(directory, `evil${evil}/bad${evil}.png`), 'not a picture');
  await picture(colors.red)
    .png()
    .toFile(join(directory, `evil${evil}/good${evil}.png`));
  for (const form of ['csv', 'text', 'table']) {
    const { stdout, stderr } = await predict([
      ...['cats.json', `evil${evil}`, '--skip-broken', '--output', form],
      ...['--contact-sheet', `sheet${evil}.png`],
    ]);
    expect(stdout).toContain('good');
    expect(stderr).toContain('skipped');
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  }
});

test('evaluate scores the weights on a data directory of the user', async () => {
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
        await picture(colors[colour])
          .png()
          .toFile(join(folder(name), 'one.png'));
      }
    }
  }
  const accuracy = async (place: string) => {
    const args = ['evaluate', 'cats.json', '--data-dir', place, '--backend', 'cpu', '--json'];
    const { stdout } = await zooHere(args, directory);
    return (JSON.parse(stdout) as { metrics: { test: { accuracy: number } } }).metrics.test.accuracy;
  };
  expect([await accuracy('mine'), await accuracy('swapped')]).toEqual([1, 0]);
});
