/** What the commands print and write that take long is as the published JSON Schemas say. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOf } from '../helpers/published.ts';
import { start, until, zoo } from '../helpers/zoo.ts';

let directory: string;
const env = { ZOO_CACHE_DIR: '' };
const at = (...path: string[]) => join(directory, ...path);
const read = (...path: string[]): unknown => JSON.parse(readFileSync(at(...path), 'utf8'));

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-schemas-'));
  env.ZOO_CACHE_DIR = at('cache');
});
afterAll(() => rmSync(directory, { recursive: true }));

async function expectPrinted(form: string, ...args: string[]): Promise<void> {
  const { stdout, stderr } = await zoo([...args, '--json', '--quiet'], { cwd: directory, env });
  if (!stdout) throw new Error(stderr);
  expect(faultsOf(`output/${form}`, JSON.parse(stdout))).toEqual([]);
}

test.each(['xor-composed', 'points', 'breast-cancer', 'cats'])(
  'a run of %s',
  async (model) => {
    const settings = ['--epochs', '1', '--data', 'built-in', '--out', model];
    await expectPrinted('train', 'train', model, ...settings);
    expect(faultsOf('files/run', read(model, 'run.json'))).toEqual([]);
    expect(faultsOf('files/weights', read(model, 'weights.json'))).toEqual([]);
    await expectPrinted('evaluate', 'evaluate', model, '--data', 'built-in');
  },
  300_000,
);

test('what a run leaves that was ended', async () => {
  const child = start([
    'train',
    'gate',
    '--epochs',
    '1000000',
    '--out',
    at('ended'),
    '--checkpoint-every',
    '50',
  ]);
  await until(
    () => readdirSync(directory).includes('ended') && readdirSync(at('ended')).includes('checkpoint.json'),
  );
  child.kill('SIGKILL');
  expect(faultsOf('files/checkpoint', read('ended', 'checkpoint.json'))).toEqual([]);
});

test('a run that diverges is a failure', async () => {
  const settings = ['--data', 'built-in', '--l2', '10', '--learning-rate', '100', '--out', 'diverged'];
  await expectPrinted('error', 'train', 'breast-cancer', ...settings);
  expect(faultsOf('files/run', read('diverged', 'run.json'))).toEqual([]);
});

test('a sweep, and its files', async () => {
  const axes = ['--learning-rate', '0.1,1', '--epochs', '20', '--seeds', '2'];
  await expectPrinted('sweep', 'sweep', 'gate', ...axes, '--out', 'sweep');
  expect(faultsOf('files/sweep-results', read('sweep', 'results.json'))).toEqual([]);
  expect(faultsOf('files/sweep-directory', read('sweep', 'sweep.json'))).toEqual([]);
  const cells = readdirSync(at('sweep/cells'));
  expect(cells).toHaveLength(4);
  for (const cell of cells) expect(faultsOf('files/sweep-cell', read('sweep/cells', cell))).toEqual([]);
}, 120_000);

test.each(readdirSync(new URL('../../sweeps', import.meta.url)))('the sweep file %s', (name) => {
  const text = readFileSync(new URL(`../../sweeps/${name}`, import.meta.url), 'utf8');
  expect(faultsOf('files/sweep', JSON.parse(text))).toEqual([]);
});

test('runs side by side, and a page of them', () =>
  expectPrinted('compare', 'compare', 'points', 'breast-cancer'));

test.each([
  [
    'bench',
    [
      '--workload',
      'gates',
      '--seconds',
      '0',
      '--repeats',
      '1',
      '--implementation',
      'zoo,naive',
      '--backend',
      'wasm',
    ],
  ],
  ['doctor', ['gate', '--milliseconds', '1']],
  ['reproduce', ['004']],
  ['gradcheck', ['breast-cancer', '--as-printed']],
])('%s', (command, args) => expectPrinted(command, command, ...args), 300_000);
