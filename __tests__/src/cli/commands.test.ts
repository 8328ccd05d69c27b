/** The commands of one model from training to export, in this process. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { models } from '../../../models/index.ts';
import { commandNames } from '../../../src/cli/commands.ts';
import { sha256 } from '../../../src/node/files.ts';
import { checksummedText } from '../../../src/weights/run-record.ts';
import { parserOutput, zooHere, zooInterrupted } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();
let trained: unknown;
beforeAll(async () => {
  trained = await printed('train', 'gate', '--gate', 'or', '--backend', 'cpu', '--out', 'run');
});

const here = (...args: string[]) => zooHere(args, directory);
const read = (name: string): unknown => JSON.parse(readFileSync(join(directory, name), 'utf8'));
/** The document that a command prints, and nothing else on standard output. */
const printed = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await here(...args, '--json', '--quiet')).stdout);

const number = expect.any(Number);
const text = expect.any(String);
const dataset = { name: 'logic-gates', source: 'built-in' };

test('the program prints its version', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  // Builds first if the sources are newer.
  const { code, stdout } = await zoo(['--version']);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`backprop-zoo ${version}, TensorFlow.js`)]);
  expect(await printed('version')).toMatchObject({ zoo: version });
}, 300_000);

test('train writes weights, the run and pictures, and prints the run', () => {
  const metrics = { accuracy: 1, loss: number, confusionMatrix: expect.any(Array) };
  expect(trained).toMatchObject({
    ...{ model: 'gate', dataset, backend: 'cpu', gradients: 'manual', seed: 1 },
    ...{ epochs: 1000, steps: 1000, seconds: number, stepsPerSecond: number },
    metrics: { train: metrics, test: metrics },
    out: expect.stringMatching(/run$/),
  });
  expect(trained).not.toHaveProperty('hint');
  expect(readdirSync(join(directory, 'run'))).toEqual(
    expect.arrayContaining(['learning-curve.png', 'learning-curve.svg', 'run.json', 'weights.json']),
  );
  const { weights } = (
    read('run/weights.json') as { parameters: Record<string, { shape: number[]; values: number[] }> }
  ).parameters;
  // The document prints [5.44346811 5.39279833] after 1 000 epochs; this is float32.
  expect(weights.shape).toEqual([2, 1]);
  expect(weights.values[0]).toBeCloseTo(5.44346811, 3);
  expect(weights.values[1]).toBeCloseTo(5.39279833, 3);
});

test('train finishes its step on SIGINT, saves, says how to resume and exits with 130', async () => {
  const words = 'train gate --epochs 10000000 --backend cpu --no-report --json --out stopped';
  const { code, stdout, stderr } = await zooInterrupted(words.split(' '), directory);
  expect(code).toBe(130);
  expect(stderr).toMatch(/finishing this step and saving; press Ctrl-C again to quit immediately/);
  expect(stderr).toMatch(/to resume: zoo train gate --resume stopped\n$/);
  const { steps, ...document } = JSON.parse(stdout) as { steps: number };
  expect(document).toMatchObject({ interrupted: true, resume: 'zoo train gate --resume stopped' });
  expect(read('stopped/checkpoint.json')).toMatchObject({ state: { step: steps } });
});

test('train warns that a perceptron cannot learn XOR', async () => {
  const words = 'train gate --gate xor --epochs 20 --no-report --backend cpu --out xor --json';
  const { stdout, stderr } = await here(...words.split(' '));
  const { hint } = JSON.parse(stdout) as { hint: string };
  expect(hint).toMatch(
    /^No better than always predicting the most frequent class \(.* 50\.00 %\)\. No straight line .* zoo train xor/,
  );
  expect(stderr).toContain(hint);
});

test('evaluate prints the metrics of the test rows', async () => {
  expect(await printed('evaluate', 'run', '--backend', 'cpu')).toMatchObject({
    ...{ model: 'gate', dataset },
    metrics: {
      test: {
        loss: number,
        accuracy: 1,
        confusionMatrix: [
          [1, 0],
          [0, 3],
        ],
      },
    },
  });
});

test('predict reads JSON lines from standard input and prints labels and probabilities', async () => {
  const words = ['predict', 'run/weights.json', '-', '--backend', 'cpu', '--json'];
  const { code, stdout } = await zooHere(words, directory, '[0,0]\n\n{"values":[1,0]}\n');
  expect(code).toBe(0);
  // Printed by the document: 0.09855987 and 0.96195283.
  const near = (value: number) => expect.closeTo(value, 4);
  expect(JSON.parse(stdout)).toEqual({
    model: 'gate',
    positiveClass: '1',
    predictions: [
      { input: '[0,0]', label: '0', probabilities: [near(0.90144013), near(0.09855987)] },
      { input: '{"values":[1,0]}', label: '1', probabilities: [near(0.03804717), near(0.96195283)] },
    ],
  });
});

test('lists may begin with a negative number', async () => {
  const lists = ['--output-weights', '-10,.5e1'];
  const words = ['train', 'points', '--epochs', '1', '--no-report', '--out', 'negative'];
  expect(await here(...words, ...lists, '--quiet')).toMatchObject({ code: 0, stderr: '' });
  expect(read('negative/weights.json')).toMatchObject({ options: { outputWeights: [-10, 5] } });
  await here('sweep', 'points', '--seeds', '2', ...lists, '--job', 'slurm', '--out', 'negative-sweep');
  expect(read('negative-sweep/sweep.json')).toMatchObject({
    plan: { definition: { fixed: { outputWeights: [-10, 5] } } },
  });
  expect(await printed('predict', 'run', '--values', '-1,2', '--values', '1,1')).toMatchObject({
    predictions: [{ input: '-1,2' }, { input: '1,1' }],
  });
});

test('gradcheck prints the differences of the gradients of each parameter', async () => {
  const differences = { maxAbsolute: number, maxRelative: number, normwise: number };
  const parameter = {
    ...{ name: 'weights', shape: [2, 1], entries: 2, agrees: true },
    ...{ manualVsAutodiff: differences, manualVsNumeric: differences, autodiffVsNumeric: differences },
    worst: { index: number, manual: number, autodiff: number, numeric: number },
  };
  const words = ['gate', '--draws', '1', '--backend', 'float64'];
  expect(await printed('gradcheck', ...words)).toMatchObject({
    agrees: true,
    models: [{ model: 'gate', backend: 'float64', agrees: true, parameters: [parameter, { name: 'bias' }] }],
  });
});

test('prove prints a verdict for each parameter', async () => {
  const { proved, models } = (await printed('prove', 'gate')) as { proved: boolean; models: unknown[] };
  expect(proved).toBe(true);
  expect(models[0]).toMatchObject({
    ...{ model: 'gate', options: expect.any(Object), verdict: 'equal', referee: text },
    ...{ points: number, primes: expect.any(Array), bound: number },
    parameters: [
      { name: 'weights', entries: number, verdict: 'equal' },
      { name: 'bias', entries: 1, verdict: 'equal' },
    ],
  });
});

test('export writes beside the weights and prints the files and how they were checked', async () => {
  const document = {
    format: 'npz',
    files: [{ path: 'run/parameters.npz', bytes: number }],
    checked: { rows: number, maxDifference: number },
  };
  expect(await printed('export', 'run', '--format', 'npz')).toMatchObject(document);
  expect(await printed('export', 'run', '--format', 'npz')).toMatchObject(document);
});

test('verify prints whether each file is the same', async () => {
  expect(await printed('verify', 'run')).toMatchObject({
    verified: true,
    files: expect.arrayContaining([{ path: expect.stringMatching(/weights\.json$/), same: true }]),
  });
});

test('verify prints five differences of a file and counts the others', async () => {
  cpSync(join(directory, 'run'), join(directory, 'altered'), { recursive: true });
  const { sha256: _, ...record } = read('altered/run.json') as {
    sha256: string;
    history: { loss: number }[];
  };
  for (const epoch of record.history.slice(0, 7)) epoch.loss = 9;
  writeFileSync(join(directory, 'altered', 'run.json'), checksummedText(record, sha256));
  const { code, stdout } = await here('verify', 'altered');
  expect(code).toBe(1);
  expect(stdout.match(/history\.\d\.loss: 9 recorded, [\d.]+ now$/gm)).toHaveLength(5);
  expect(stdout).toMatch(/^ {2}run\.json: and 2 more$/m);
});

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

test('without a command, zoo prints commands to start with and for the latest run', async () => {
  const { code, stdout } = await here();
  expect(code).toBe(0);
  const named = Array.from(stdout.matchAll(/zoo ([a-z]+)/g), ([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(['train', 'gradcheck', 'list']));
  expect(commandNames).toEqual(expect.arrayContaining(named));
  expect(stdout).not.toContain('latest run');
  mkdirSync(join(directory, 'runs/gate-1'), { recursive: true });
  writeFileSync(join(directory, 'runs/gate-1/weights.json'), '{}');
  const again = await here();
  expect(again.stdout).toContain('zoo evaluate runs/gate-1');
  expect(widest(again.stdout)).toBeLessThanOrEqual(80);
  expect(await printed()).toMatchObject({
    commands: expect.arrayContaining([expect.objectContaining({ command: 'train <model>' })]),
    latestRun: 'runs/gate-1',
  });
});

test('list says where real data is, in 80 columns', async () => {
  const { ZOO_CACHE_DIR } = process.env;
  process.env.ZOO_CACHE_DIR = join(directory, 'empty');
  try {
    for (const folder of ['train/cat', 'train/non-cat', 'test/cat', 'test/non-cat'])
      mkdirSync(join(directory, 'data/cats', folder), { recursive: true });
    const { stdout } = await here('list', '--data-dir', 'data');
    expect(widest(stdout)).toBeLessThanOrEqual(80);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /cats pictures of cats[^:]*: real data in the data directory/,
    );
    const { datasets } = (await printed('list', '--data-dir', 'data')) as {
      datasets: { name: string; realData: string }[];
    };
    expect(Object.fromEntries(datasets.map(({ name, realData }) => [name, realData]))).toEqual({
      'logic-gates': 'computed',
      points: 'computed',
      cats: 'dir',
      'breast-cancer': 'none',
      mnist: 'none',
      names: 'none',
      text: 'none',
      addition: 'computed',
      copy: 'computed',
    });
  } finally {
    if (ZOO_CACHE_DIR === undefined) delete process.env.ZOO_CACHE_DIR;
    else process.env.ZOO_CACHE_DIR = ZOO_CACHE_DIR;
  }
});

describe('help', () => {
  test.each(commandNames)('of %s shows an example, in 80 columns', async (command) => {
    const help = await parserOutput([command, '--help']);
    expect(help).toMatch(new RegExp(`Examples:\\s+zoo ${command}`));
    expect(widest(help)).toBeLessThanOrEqual(80);
  });

  test('of train shows the defaults and presets of the model, or says how to see them', async () => {
    const help = async (...words: string[]) =>
      (await parserOutput(['train', ...words, '--help'])).replace(/\s+/g, ' ');
    const mnist = await help('mnist');
    const { recipe, options } = models.mnist;
    for (const [name, value] of Object.entries({ ...recipe, hidden: options.hidden.default })) {
      const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const option = dashed === 'decay' ? 'schedule, --decay' : dashed;
      expect(mnist).toMatch(
        new RegExp(`--${option} [^\\]]*?(\\[[^\\]]*\\] ?)*\\[default: ${String(value)}\\]`),
      );
    }
    expect(mnist).toContain('named settings: document');
    expect(mnist).toContain('--preset document: --hidden 64 --activation sigmoid');
    expect(await help('gate')).toContain('named settings: none');
    expect(await help()).toContain('name it: zoo train mnist --help');
  });
});
