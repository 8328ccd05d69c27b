import { beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zooHere, zooInterrupted } from '../../helpers/zoo-here.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const cwd = temporaryDirectory();
const run = (...words: string[]) => zooHere(words, cwd);
const words = [
  'train',
  'breast-cancer',
  '--data',
  'built-in',
  '--units',
  '4',
  '--no-report',
  '--backend',
  'cpu',
];
const weightsOf = async (name: string) =>
  (JSON.parse(await readFile(join(cwd, name, 'weights.json'), 'utf8')) as { parameters: object }).parameters;

beforeAll(async () => {
  for (const [out, epochs] of [
    ['first', '4'],
    ['whole', '6'],
  ])
    expect(await run(...words, '--epochs', epochs, '--out', out)).toMatchObject({ code: 0 });
  expect(await run('export', 'first', '--format', 'safetensors', '--out', 'net.safetensors')).toMatchObject({
    code: 0,
  });
  expect(await run('import', 'net.safetensors', '--model', 'breast-cancer')).toMatchObject({ code: 0 });
}, 120_000);

test('what was exported and imported trains further, to the bits of a training that never stopped', async () => {
  const further = ['--epochs', '2', '--out', 'further', '--start-from', 'net.weights.json'];
  // Its four units are those of the weights.
  const without = words.filter((word, i) => word !== '--units' && words[i - 1] !== '--units');
  expect(await run(...without, ...further)).toMatchObject({ code: 0 });
  expect(await weightsOf('further')).toEqual(await weightsOf('whole'));
});

test('such a run, interrupted, resumes from its own weights and is still one that started from those', async () => {
  const more = [...words, '--epochs', '40', '--start-from', 'first', '--out'];
  expect(await run(...more, 'never-stopped')).toMatchObject({ code: 0 });
  expect(await zooInterrupted([...more, 'stopped'], cwd)).toMatchObject({ code: 130 });
  expect(await run('train', 'breast-cancer', '--resume', 'stopped')).toMatchObject({ code: 0 });
  expect(await weightsOf('stopped')).toEqual(await weightsOf('never-stopped'));
  expect(await run('verify', 'stopped')).toMatchObject({ code: 0 });
});

test('such a run is repeated from the same weights, and from no others', async () => {
  expect(await run('verify', 'further')).toMatchObject({ code: 0 });
  await writeFile(join(cwd, 'net.weights.json'), await readFile(join(cwd, 'whole', 'weights.json')));
  const { code, stderr } = await run('verify', 'further');
  expect([code, stderr]).toEqual([2, expect.stringContaining('which have changed since')]);
});

test('weights of another model, or of another size, begin nothing', async () => {
  expect(await run('train', 'points', '--start-from', 'first')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('of the model breast-cancer, not of points') as unknown,
  });
  expect(await run(...words.slice(0, 4), '--units', '5', '--start-from', 'first')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('the model needs [30, 5]') as unknown,
  });
});

test('a model of separately trained parts cannot start from weights', async () => {
  const parts = [
    'train',
    'xor-composed',
    '--epochs',
    '1',
    '--out',
    'parts',
    '--backend',
    'cpu',
    '--no-report',
  ];
  expect(await run(...parts)).toMatchObject({ code: 0 });
  expect(await run('train', 'xor-composed', '--start-from', 'parts')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it cannot start from weights') as unknown,
  });
});
