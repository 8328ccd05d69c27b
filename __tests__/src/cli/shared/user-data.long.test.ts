/** Tables of the user on the command line, from training to prediction, and invalid ones. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { RandomState } from '../../../../src/utils/random.ts';
import { bin, zoo } from '../../../helpers/zoo.ts';
import { zooHere } from '../../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../../helpers/temporary.ts';

const directory = temporaryDirectory();
const random = new RandomState(7);
const flowers = Array.from({ length: 90 }, (_, i) => {
  const kind = i % 3;
  const size = [1, 3, 5][kind] + 0.4 * random.gaussian();
  return [size, 2 * size + random.gaussian(), ['red', 'blue'][random.randint(0, 2, 1)[0]], 'abc'[kind]];
});
const header = 'size,weight,colour,kind\n';
const csv = header + flowers.map((row) => `${row.join()}\n`).join('');

beforeAll(async () => {
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await write('flowers.csv', csv);
  await write(
    'heights.tsv',
    'a\theight\n' + flowers.map(([a], i) => `${a}\t${100 * Number(a) + i}\n`).join(''),
  );
  await write('one-class.csv', 'a,kind\n1,x\n2,x\n3,x\n4,x\n');
  await write('gap.csv', `${csv}1,,red,a\n`);
  await write('grey.csv', header + '1,2,grey,a\n');
  for (const [name, background] of Object.entries({ dark: '#202020', light: '#e0e0e0' })) {
    await mkdir(join(directory, 'pictures', name), { recursive: true });
    for (let i = 0; i < 6; i++) {
      const create = { width: 20 + i, height: 30, channels: 3 as const, background };
      await sharp({ create })
        .png()
        .toFile(join(directory, 'pictures', name, `${i}.png`));
    }
  }
  const huge = await open(join(directory, 'huge.csv'), 'w');
  await huge.truncate(2 ** 31);
  await huge.close();
});

const trained = async (out: string, ...args: string[]) => {
  const words = 'train mlp --hidden 8 --epochs 40 --learning-rate 0.02 --backend cpu --quiet --out';
  const outcome = await zoo([...words.split(' '), out, ...args], { cwd: directory });
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  return outcome.stdout;
};

describe('classes', () => {
  beforeAll(async () => {
    await trained('kinds', '--data-file', 'flowers.csv', '--target', 'kind');
  });
  const inDirectory = (...args: string[]) => zooHere(args, directory);

  test('evaluate scores the held-back rows, or all rows of another file', async () => {
    const held = await inDirectory('evaluate', 'kinds');
    expect(held.stderr).toMatch(/18 test rows \(held back by training\)/);
    const recorded = JSON.parse(await readFile(join(directory, 'kinds/run.json'), 'utf8')) as {
      metrics: { test: { accuracy: number } };
    };
    const { accuracy } = recorded.metrics.test;
    expect(accuracy).toBeGreaterThan(0.8);
    expect(held.stdout).toContain(`test accuracy ${(100 * accuracy).toFixed(2)} % of 18 rows`);
    await writeFile(join(directory, 'copy.csv'), `${csv}\n`);
    const all = await inDirectory('evaluate', 'kinds', '--data-file', 'copy.csv');
    expect(all.stderr).toMatch(/90 test rows \(all rows of the file\)/);
  });

  test('predict takes a table with or without the target column, and cells', async () => {
    const whole = await inDirectory('predict', 'kinds', 'flowers.csv', '--json');
    const { predictions } = JSON.parse(whole.stdout) as { predictions: { input: string; label: string }[] };
    expect(predictions).toHaveLength(90);
    expect(predictions[0].input).toBe('flowers.csv:2');
    await writeFile(join(directory, 'new.csv'), csv.replace(/,[^,\n]*\n/g, '\n'));
    const without = await inDirectory('predict', 'kinds', 'new.csv', '--output', 'csv');
    expect(without.stdout.split('\n')[1]).toMatch(`new.csv:2,${predictions[0].label},`);
    const cells = await inDirectory('predict', 'kinds', '--values', '1,2,red', '--json');
    expect(JSON.parse(cells.stdout)).toMatchObject({ predictions: [{ label: 'a' }] });
  });

  test('predict --out writes the rows of the table with their predictions', async () => {
    const { code } = await inDirectory('predict', 'kinds', 'flowers.csv', '--out', 'answers.csv');
    expect(code).toBe(0);
    const [first, second] = (await readFile(join(directory, 'answers.csv'), 'utf8')).split('\n');
    expect(first).toBe(
      'size,weight,colour,kind,predicted kind,probability of a,probability of b,probability of c',
    );
    expect(second.split(',').slice(2, 4)).toEqual(flowers[0].slice(2));
    const over = await inDirectory('predict', 'kinds', 'flowers.csv', '--out', 'flowers.csv');
    expect(over).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/would be overwritten/) as unknown,
    });
    expect(await readFile(join(directory, 'flowers.csv'), 'utf8')).toBe(csv);
  });

  test('data describes the columns, and gradcheck uses the rows', async () => {
    const shown = await inDirectory('data', 'flowers.csv', '--target', 'kind');
    expect(shown.stdout).toMatch(/^flowers\.csv: 90 rows, 4 columns, which become 4 inputs/);
    expect(shown.stdout).toMatch(/train +72/);
    const gap = await inDirectory('data', 'gap.csv', '--target', 'kind');
    expect(gap).toMatchObject({ code: 0 });
    expect(gap.stdout).toMatch(/Cannot train on this table: gap\.csv, line 92, column "weight"/);
    const args = ['gradcheck', 'mlp', '--hidden', '3', '--data-file', 'flowers.csv', '--target', 'kind'];
    const checked = await inDirectory(...args);
    expect(checked.stdout).toMatch(/mlp \(3 classes\) on float64: agrees[^]*hidden1Weights +4×3/);
  });

  test('the command in the report trains to the same weights', async () => {
    const page = await readFile(join(directory, 'kinds/report.html'), 'utf8');
    const [, command] = /<pre>zoo (train [^<]*)<\/pre>/.exec(page)!;
    expect(command).toContain('--data-file flowers.csv --target kind');
    const line = `"${process.execPath}" "${bin}" ${command} --out pasted --quiet`;
    await promisify(execFile)('sh', ['-c', line], { cwd: directory });
    const weights = (out: string) => readFile(join(directory, out, 'weights.json'), 'utf8');
    expect(await weights('pasted')).toBe(await weights('kinds'));
  });

  test('verify accepts another path of the table', async () => {
    const { stdout } = await zoo(['verify', 'kinds', '--data-file', join(directory, 'flowers.csv')], {
      cwd: directory,
    });
    expect(stdout).toMatch(/^verified: /);
  });

  test.each<[string, string[], RegExp]>([
    [
      'a category that is new',
      ['predict', 'kinds', 'grey.csv'],
      /"grey" is an unknown category; training had "blue", "red"/,
    ],
    [
      'a lacking column',
      ['predict', 'kinds', 'one-class.csv'],
      /has no column "size", which the model takes/,
    ],
    [
      'too few cells',
      ['predict', 'kinds', '--values', '1,2'],
      /has 2 cells; the model takes 3: size, weight, colour/,
    ],
  ])('%s is told', async (_, args, message) => {
    const { code, stderr, stdout } = await inDirectory(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('cells of a table with decimal commas are written as the user wrote them', async () => {
  const kinds = ['1E2', '100', 'B7'];
  const rows = flowers.map(
    ([size], i) =>
      `${1234567890123456789n + BigInt(i)};00${i % 4};${Number(size).toFixed(2).replace('.', ',')};${kinds[i % 3]}`,
  );
  const text = (end: (i: number) => string) =>
    ['id;zip;size;kind', ...rows].map((row, i) => row + end(i)).join('');
  await writeFile(
    join(directory, 'codes.csv'),
    text((i) => (i % 2 ? '\r\n' : '\n')),
  );
  const options = '--data-file codes.csv --target kind --categories zip --drop-columns id'.split(' ');
  const rejected = await zooHere(['train', 'mlp', ...options], directory);
  expect([rejected.code, rejected.stderr]).toEqual([
    2,
    expect.stringMatching(/line 1: there are semicolons.*--decimal ,/),
  ]);
  const { code, stderr } = await zooHere(
    [
      'train',
      'mlp',
      ...options,
      '--decimal',
      ',',
      '--hidden',
      '4',
      '--epochs',
      '2',
      '--backend',
      'cpu',
      '--out',
      'codes',
    ],
    directory,
  );
  expect([code, stderr]).toEqual([0, expect.stringContaining('"100" and "1E2" are two classes')]);
  const predicted = await zooHere(
    ['predict', 'codes', 'codes.csv', '--out', 'coded.csv', '--json'],
    directory,
  );
  expect(predicted).toMatchObject({ code: 0 });
  const written = (await readFile(join(directory, 'coded.csv'), 'utf8')).trimEnd().split('\n');
  expect(written[0]).toBe(
    'id,zip,size,kind,predicted kind,probability of 100,probability of 1E2,probability of B7',
  );
  expect(written.slice(1).map((line) => line.split(/,(?=100,|1E2,|B7,)/)[0])).toEqual(
    rows.map(
      (row) =>
        row
          .replace(/;([^;]*,[^;]*);(.*)/, ';"$1";$2')
          .replaceAll(';', ',')
          .split(/,(?=100$|1E2$|B7$)/)[0],
    ),
  );
  const scored = await zooHere(['evaluate', 'codes', '--data-file', 'codes.csv'], directory);
  expect([scored.code, scored.stderr]).toEqual([0, expect.stringMatching(/18 test rows/)]);
  const verified = await zooHere(['data', 'codes.csv', '--decimal', ',', '--no-header'], directory);
  expect(verified.stdout).toMatch(/^codes\.csv: 91 rows, 4 columns/);
});

test('a regression is scored and predicted in the unit of its target', async () => {
  const said = await trained('heights', '--data-file', 'heights.tsv', '--target', 'height');
  expect(said).toMatch(/test +R² 0\.\d+, mean absolute error [\d.]+/);
  const { stdout } = await zooHere(['evaluate', 'heights'], directory);
  expect(stdout).toMatch(/^height: test R² 0\.\d+ of 18 rows.*\nroot mean squared error \d+/);
  const { predictions } = JSON.parse(
    (await zooHere(['predict', 'heights', '--values', '3', '--json'], directory)).stdout,
  ) as { predictions: { value: number }[] };
  expect(Math.abs(predictions[0].value - 345)).toBeLessThan(120);
});

test('trains on images with one folder per class', async () => {
  await trained('shades', '--data-dir', 'pictures', '--size', '8x6', '--grey');
  const picture = join('pictures', 'light', '0.png');
  const { stdout } = await zooHere(['predict', 'shades', picture, '--json'], directory);
  expect(JSON.parse(stdout)).toMatchObject({ predictions: [{ label: 'light' }] });
  const weights = JSON.parse(await readFile(join(directory, 'shades/weights.json'), 'utf8')) as object;
  expect(weights).toMatchObject({
    preprocessing: { kind: 'image', width: 8, height: 6, channels: 1, resized: true },
    parameters: { hidden1Weights: { shape: [48, 8] } },
  });
});

describe('rejects in one sentence with exit code 2', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown column', ['flowers.csv', '--target', 'sort'], /has no column "sort".*It has: "size"/],
    ['no target', ['flowers.csv'], /with --target: "size", "weight", "colour", "kind"/],
    ['2 GB', ['huge.csv', '--target', 'kind'], /huge\.csv".*2147483648 bytes are more than/],
    ['a file of another kind', ['flowers.xlsx', '--target', 'kind'], /The name must end in \.csv/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await zooHere(['train', 'mlp', '--data-file', ...args], directory);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('a model that does not fit the data', async () => {
    const words = 'train cats --data-file flowers.csv --target kind --quiet';
    const { code, stderr } = await zooHere(words.split(' '), directory);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/is a binary classifier; the data has 3/)]);
  });
});

test('softmax has a recipe for tables, which its report repeats', async () => {
  const args = ['--data-file', 'flowers.csv', '--target', 'kind', '--backend', 'cpu'];
  const { code } = await zoo(['train', 'softmax', ...args, '--epochs', '6', '--out', 'linear', '--quiet'], {
    cwd: directory,
  });
  expect(code).toBe(0);
  const { hyperParameters } = JSON.parse(await readFile(join(directory, 'linear/run.json'), 'utf8')) as {
    hyperParameters: object;
  };
  expect(hyperParameters).toMatchObject({ epochs: 6, optimizer: 'adam', batchSize: 32 });
  const page = await readFile(join(directory, 'linear/report.html'), 'utf8');
  // 6 is what softmax has for digits: it must be said here.
  expect(page).toMatch(/<pre>zoo train softmax --epochs 6 --gradients/);
});

test('an interrupted run resumes with its table', async () => {
  const words = ['train', 'mlp', '--data-file', 'flowers.csv', '--target', 'kind', '--backend', 'cpu'];
  const rest = ['--epochs', '30', '--checkpoint-every', '10', '--learning-rate', '1e6', '--optimizer', 'sgd'];
  const diverged = await zoo([...words, ...rest, '--out', 'wild', '--quiet'], { cwd: directory });
  expect([diverged.code, diverged.stderr]).toEqual([1, expect.stringMatching(/Training diverged/)]);
  const again = ['train', 'mlp', '--resume', 'wild', '--force-resume', '--learning-rate', '0.01'];
  const { code, stderr } = await zoo([...again, '--epochs', '3'], { cwd: directory });
  expect([code, stderr]).toEqual([0, expect.stringMatching(/data: flowers\.csv \(dir\), 72 training/)]);
});

test('data --show draws histograms of a table and a contact sheet of pictures', async () => {
  const table = await zooHere(['data', 'flowers.csv', '--out', 'columns.png'], directory);
  expect(table).toMatchObject({ code: 0 });
  const { format, height } = await sharp(join(directory, 'columns.png')).metadata();
  expect([format, height > 200]).toEqual(['png', true]);
  const sheet = await zooHere(['data', 'pictures', '--size', '8x6', '--out', 'sheet.png'], directory);
  expect(sheet).toMatchObject({ code: 0 });
  expect(await sharp(join(directory, 'sheet.png')).metadata()).toMatchObject({ format: 'png' });
});
