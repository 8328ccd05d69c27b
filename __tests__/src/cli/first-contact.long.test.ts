import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atHand } from '../../../datasets/acquire/obtain.ts';
import { published } from '../../../datasets/published.ts';
import { commandNames } from '../../../src/cli/commands.ts';
import { editDistance, nearest } from '../../../src/cli/shared/arguments.ts';
import { listText, tableText } from '../../../src/utils/text.ts';
import { zoo } from '../../helpers/zoo.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-first-'));
});
afterAll(() => rm(directory, { recursive: true }));
const here = (args: string[], env: NodeJS.ProcessEnv = {}) => zoo(args, { cwd: directory, env });
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('zoo alone', () => {
  test('greets, with commands that exist, and what to do with the latest run', async () => {
    const { code, stdout } = await here([]);
    expect(code).toBe(0);
    const named = Array.from(stdout.matchAll(/zoo ([a-z]+)/g), ([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['train', 'gradcheck', 'list']));
    expect(commandNames).toEqual(expect.arrayContaining(named));
    expect(stdout).not.toContain('latest run');

    await mkdir(join(directory, 'runs/gate-1'), { recursive: true });
    await writeFile(join(directory, 'runs/gate-1/weights.json'), '{}');
    const again = await here([]);
    expect(again.stdout).toContain('zoo evaluate runs/gate-1');
    expect(widest(again.stdout)).toBeLessThanOrEqual(80);
  });

  test('under --json it is a document', async () => {
    const { stdout } = await here(['--json']);
    const { commands } = JSON.parse(stdout) as { commands: { command: string }[] };
    expect(commands.map(({ command }) => command)).toContain('train <model>');
  });
});

test.each<[string, string[], RegExp]>([
  ['a misspelt command', ['trian', 'mnist'], /Unknown command "trian"\. Did you mean train\?/],
  ['half a command', ['gradch'], /Did you mean gradcheck\?/],
  ['no command at all', ['fly'], /Unknown command "fly"\. See zoo --help/],
  [
    'a misspelt option',
    ['train', 'gate', '--epoch', '3'],
    /Unknown option --epoch\. Did you mean --epochs\?/,
  ],
  ['a run-together option', ['train', 'gate', '--learningrate=3'], /Did you mean --learning-rate\?/],
  ['a model’s option', ['train', 'mnist', '--hiden', '3'], /Did you mean --hidden\?/],
  ['an option like no other', ['train', 'gate', '--xyzzy'], /Unknown option --xyzzy\. See --help/],
  ['a word too many', ['train', 'gate', 'gate2'], /Unexpected argument "gate2"/],
  ['a word too few', ['train'], /Missing argument\. Usage: zoo train <model>/],
  [
    'a misspelt choice',
    ['train', 'gate', '--optimizer', 'adma'],
    /Unknown optimizer "adma"\. Did you mean adam\?/,
  ],
  ['a misspelt dataset', ['data', 'mnits'], /Did you mean mnist\?/],
])('%s gets a suggestion', async (_, args, message) => {
  const { code, stdout, stderr } = await here(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('the shell completes commands, models, datasets, options and their choices', async () => {
  const complete = async (...words: string[]) =>
    (await here(['--get-yargs-completions', 'zoo', ...words])).stdout.trim().split('\n');
  expect(await complete('')).toEqual(expect.arrayContaining(['train', 'sweep', 'completion']));
  expect(await complete('train', 'b')).toEqual(['breast-cancer']);
  expect(await complete('data', 'm')).toEqual(['mnist']);
  expect(await complete('train', 'mnist', '--')).toEqual(expect.arrayContaining(['--epochs', '--hidden']));
  const { stdout } = await here(['completion']);
  expect(stdout).toContain('###-begin-zoo-completions-###');
});

test('colours are for terminals only', async () => {
  const { stdout, stderr } = await here(['data', 'cats', '--data', 'built-in'], {
    NO_COLOR: '',
    FORCE_COLOR: '',
  });
  expect(stderr).toContain('STAND-IN DATA');
  expect(stdout + stderr).not.toContain('\x1b');
});

test('--help explains every command with an example, in 80 columns', async () => {
  for (const command of commandNames) {
    const { code, stdout } = await here([command, '--help']);
    expect({ command, code }).toEqual({ command, code: 0 });
    expect(stdout).toContain('Examples:');
    expect({ command, width: widest(stdout) <= 80 }).toEqual({ command, width: true });
  }
});

test('list says where real data is, in 80 columns', async () => {
  const cats = join(directory, 'data/cats');
  for (const folder of ['train/cat', 'train/non-cat', 'test/cat', 'test/non-cat']) {
    await mkdir(join(cats, folder), { recursive: true });
  }
  const env = { ZOO_CACHE_DIR: join(directory, 'empty') };
  const { stdout } = await here(['list', '--data-dir', 'data'], env);
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toMatch(/cats pictures of cats[^:]*: real data in the data directory/);
  expect(text).toMatch(/mnist handwritten digits[^:]*: not downloaded yet/);
  expect(text).toMatch(/points of a square[^:]*: generated, needs no files/);
  expect(widest(stdout)).toBeLessThanOrEqual(80);

  const listed = JSON.parse((await here(['list', '--json', '--data-dir', 'data'], env)).stdout) as {
    datasets: { name: string; realData: string }[];
  };
  expect(Object.fromEntries(listed.datasets.map(({ name, realData }) => [name, realData]))).toEqual({
    'logic-gates': 'computed',
    points: 'computed',
    cats: 'dir',
    'breast-cancer': 'none',
    mnist: 'none',
  });
  await rm(join(cats, 'test/cat'), { recursive: true });
  const place = { dataDir: join(directory, 'data'), cacheDir: env.ZOO_CACHE_DIR };
  expect(await atHand(published.cats, place)).toBeUndefined();
});

test('edit distance: symmetric, zero for equals alone, one for a slip', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
  expect(editDistance('trian', 'train')).toBe(1);
  expect(nearest('qqqq', ['train'])).toBeUndefined();
});

test('tables and lists are never wider than they may be', () => {
  const word = fc.string({ maxLength: 60 }).map((text) => text.replaceAll('\n', ' '));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word), { minLength: 1 }), (rows) => {
      const columns = ['a', 'b', 'c'].map((title) => ({ title }));
      expect(widest(tableText(columns, rows))).toBeLessThanOrEqual(80);
    }),
  );
  expect(
    tableText(
      [{ title: 'name' }, { title: 'n', right: true }],
      [
        ['one', '1'],
        ['eleven', '11'],
      ],
    ),
  ).toBe('name     n\none      1\neleven  11');
  expect(
    listText(
      [
        ['a', 'one two three'],
        ['bb', 'four'],
      ],
      { width: 14 },
    ),
  ).toBe('  a   one two\n      three\n  bb  four');
});
