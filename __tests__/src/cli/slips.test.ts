import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { link, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zooHere } from '../../helpers/zoo-here.ts';
import { bin, zoo } from '../../helpers/zoo.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-slips-'));
  await here('train', 'gate', '--epochs', '2', '--no-report', '--backend', 'cpu', '--out', 'run');
}, 300_000);
afterAll(() => rm(directory, { recursive: true }));

const here = (...args: string[]) => zooHere(args, directory);
const apart = (...args: string[]) => zoo(args, { cwd: directory });
const refused = async (args: string[], message: RegExp) => {
  const before = await readdir(directory);
  const { code, stdout, stderr } = await zooHere(args, directory);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toContain('unexpected error');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(await readdir(directory)).toEqual(before);
};

test.each([
  ['--out', 'a', '--out', 'b'],
  ['--data-dir', 'a', '--data-dir', 'b'],
  ['--resume', 'a', '--resume', 'b'],
  ['--epochs', '2', '--epochs', '3'],
  ['--optimizer', 'sgd', '--optimizer', 'adam'],
])('train %s %s %s %s: an option with one value is given once', (option, ...more) =>
  refused(['train', 'gate', option, ...more], new RegExp(`zoo: ${option} is given more than once`)),
);

test.each([
  [['train', 'gate', '--out', ''], '--out'],
  [['train', 'gate', '--out='], '--out'],
  [['train', 'gate', '--out'], '--out'],
  [['train', 'gate', '--epochs'], '--epochs'],
  [['train', 'gate', '--seed', ''], '--seed'],
  [['train', 'gate', '--data-dir', '--epochs', '3'], '--data-dir'],
  [['sweep', 'gate', '--learning-rate'], '--learning-rate'],
  [['predict', 'run', '--values'], '--values'],
])('%j: an option that needs a value says so', (args, option) =>
  refused(args, new RegExp(`zoo: ${option} needs a value`)),
);

test.each([
  ['sweep gate --random-seed 4294967296', '--random-seed takes a whole number from 0 to 4294967295'],
  ['sweep gate --seeds 1.5', '--seeds takes a whole number from 1 to 10000, not 1.5'],
  ['sweep gate --random 100001', '--random takes a whole number from 1 to 100000'],
  ['sweep gate --learning-rate 1 --workers 0', '--workers takes a whole number from 1 to 1024, not 0'],
  ['sweep gate --learning-rate 1 --workers 1025', '--workers takes a whole number from 1 to 1024, not 1025'],
  ['playground --port -1', '--port takes a whole number from 0 to 65535, not -1'],
  ['playground --port 65536', '--port takes a whole number from 0 to 65535, not 65536'],
  ['prove gate --points 0', '--points takes a whole number from 1 to 10000, not 0'],
  ['prove gate --rows 2048', '--rows takes a whole number from 1 to 1024, not 2048'],
  ['prove mlp --features 0', '--features takes a whole number from 1 to 1000000, not 0'],
  ['prove mlp --classes 10001', '--classes takes a whole number from 1 to 10000, not 10001'],
  ['gradcheck gate --seed -1', '--seed takes a whole number from 0 to 4294967295, not -1'],
  ['gradcheck gate --draws 1001', '--draws takes a whole number from 0 to 1000, not 1001'],
  ['gradcheck gate --entries 0', '--entries takes a whole number from 1 to 1000000, not 0'],
  ['gradcheck gate --tolerance -1', '--tolerance takes a number of at least 0, not -1'],
  ['gradcheck mlp --features 0', '--features takes a whole number from 1 to 1000000, not 0'],
  ['gradcheck mlp --classes 10001', '--classes takes a whole number from 1 to 10000, not 10001'],
  ['predict run --values 1,0 --top-k 3', '--top-k takes a whole number from 1 to 2, not 3'],
  ['predict run --values 1,0 --threshold 2', '--threshold takes a number from 0 to 1, not 2'],
  ['sweep gate --gate and,or --job slurm --tasks 3', '--tasks takes a whole number from 1 to 2, not 3'],
])('%s: a number beyond its limits is refused with them', (words, message) =>
  refused(words.split(' '), new RegExp(message)),
);

test('a list may begin with a negative number, wherever lists are taken', async () => {
  const outputWeights = ['--output-weights', '-10,.5e1'];
  const commands = [
    ['train', 'points', '--epochs', '1', '--out', 'negative', '--no-report'],
    ['gradcheck', 'points', '--draws', '1'],
    ['sweep', 'points', '--epochs', '1', '--out', 'negative-sweep'],
  ];
  for (const command of commands) {
    // A sweep trains in threads.
    const words = [...command, ...outputWeights, '--quiet'];
    const { code, stderr } = await (command[0] === 'sweep' ? apart : here)(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
  const { options } = JSON.parse(await readFile(join(directory, 'negative/weights.json'), 'utf8')) as {
    options: { outputWeights: number[] };
  };
  expect(options.outputWeights).toEqual([-10, 5]);
  const { stdout } = await here('predict', 'run', '--values', '-1,2', '--values', '1,1', '--json');
  const { predictions } = JSON.parse(stdout) as { predictions: { input: string }[] };
  expect(predictions.map(({ input }) => input)).toEqual(['-1,2', '1,1']);
});

test('in a deleted directory one sentence says so', () => {
  const script = `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" list`;
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, bin], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(stderr).toBe('zoo: The current directory no longer exists. Change to another one.\n');
  expect(status).toBe(2);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a result that the disk does not take is a failure, told in one sentence', () => {
  const script = 'exec "$0" "$1" version > /dev/full';
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, bin], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, 'zoo: cannot write "standard output": the disk is full\n']);
});

describe('what is read is never written over', () => {
  const content = (name: string) => readFile(join(directory, name));

  beforeAll(async () => {
    await link(join(directory, 'run/weights.json'), join(directory, 'same.json'));
    await symlink('run/weights.json', join(directory, 'linked.json'));
    await mkdir(join(directory, 'layers'));
    await writeFile(join(directory, 'layers/model.json'), await content('run/weights.json'));
  });

  test.each([
    ['export', 'run', '--out', 'run/weights.json'],
    ['export', 'run', '--out', './run/../run/weights.json'],
    ['export', 'linked.json', '--out', 'run/weights.json'],
    ['export', 'run', '--out', 'same.json'],
    ['export', 'layers/model.json', '--format', 'layers', '--out', 'layers'],
    ['compare', 'run', '--out', 'run/run.json'],
    ['compare', 'run', '--out', 'run/weights.json'],
  ])('%s %s %s %s', async (...args) => {
    const files = ['run/weights.json', 'run/run.json', 'layers/model.json'];
    const before = await Promise.all(files.map(content));
    await refused(args, /is an input and would be overwritten/);
    expect(await Promise.all(files.map(content))).toEqual(before);
  });

  test('anywhere else is fine, twice too', async () => {
    for (let i = 0; i < 2; i++) expect((await here('export', 'run', '--out', 'plain.json')).code).toBe(0);
    expect(existsSync(join(directory, 'plain.json'))).toBe(true);
  });
});

test('evaluate, predict and export take a run directory', async () => {
  const results = [
    await here('evaluate', 'run', '--json'),
    await here('predict', 'run', '--values', '0,1', '--json'),
    await here('export', 'run', '--json'),
  ];
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
  const [evaluated, predicted, exported] = results.map(({ stdout }) => JSON.parse(stdout) as unknown);
  expect(evaluated).toMatchObject({ model: 'gate' });
  expect(predicted).toMatchObject({ predictions: [{ input: '0,1' }] });
  expect(exported).toMatchObject({ files: [{ path: 'run/parameters.json' }] });
  await mkdir(join(directory, 'nothing'));
  await refused(['evaluate', 'nothing'], /cannot read "nothing\/weights\.json": it does not exist/);
});

test('help and version, as commands and as options', async () => {
  const [help, asOption] = [await apart('help', 'export'), await apart('export', '--help')];
  expect(help).toEqual(asOption);
  expect(help.stdout).toContain('Examples:');
  expect((await apart('help')).stdout).toContain('zoo train <model>');
  const { version } = JSON.parse(
    await readFile(new URL('../../../package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  expect((await apart('--version')).stdout).toContain(`backprop-zoo ${version}, TensorFlow.js`);
  expect(JSON.parse((await apart('version', '--json')).stdout)).toMatchObject({ zoo: version });
  await refused(['help', 'trian'], /Did you mean train/);
});
