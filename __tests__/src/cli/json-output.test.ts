/** The documents that `--json` prints keep the fields that programs rely on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zooHere } from '../../helpers/zoo-here.ts';

let directory: string;
let trained: unknown;

/** The document that a command prints, and nothing else on standard output. */
const printed = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await zooHere([...args, '--json', '--quiet'], directory)).stdout);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'zoo-json-'));
  trained = await printed('train', 'gate', '--epochs', '20', '--out', 'run', '--no-report');
});
afterAll(() => rmSync(directory, { recursive: true }));

const number = expect.any(Number);
const text = expect.any(String);
const dataset = { name: 'logic-gates', source: 'built-in' };
const metrics = expect.objectContaining({
  loss: number,
  accuracy: number,
  confusionMatrix: expect.any(Array),
});

test('train prints the run, its metrics and its directory', () => {
  expect(trained).toMatchObject({
    ...{ model: 'gate', dataset, backend: text, gradients: 'manual', seed: number },
    ...{ epochs: 20, steps: 20, seconds: number, stepsPerSecond: number },
    metrics: { train: metrics, test: metrics },
    out: expect.stringMatching(/run$/),
  });
});

test('evaluate prints the metrics of the test rows', async () => {
  expect(await printed('evaluate', 'run')).toMatchObject({
    model: 'gate',
    dataset,
    metrics: { test: metrics },
  });
});

test('predict prints a label and the probabilities of each input', async () => {
  expect(await printed('predict', 'run', '--values', '1,0')).toEqual({
    model: 'gate',
    predictions: [{ input: '1,0', label: expect.stringMatching(/^[01]$/), probabilities: [number, number] }],
  });
});

test('gradcheck prints the differences of the gradients of each parameter', async () => {
  const differences = { maxAbsolute: number, maxRelative: number, normwise: number };
  const parameter = {
    ...{ name: 'weights', shape: [2, 1], entries: 2, agrees: true },
    ...{ manualVsAutodiff: differences, manualVsNumeric: differences, autodiffVsNumeric: differences },
    worst: { index: number, manual: number, autodiff: number, numeric: number },
  };
  const arguments_ = ['gate', '--draws', '1', '--steps', '2', '--backend', 'float64'];
  expect(await printed('gradcheck', ...arguments_)).toMatchObject({
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

test('export prints the files and how they were checked', async () => {
  expect(await printed('export', 'run', '--format', 'npz', '--out', 'parameters.npz')).toMatchObject({
    format: 'npz',
    files: [{ path: 'parameters.npz', bytes: number }],
    checked: { rows: number, maxDifference: number },
  });
});

test('verify prints whether each file is the same', async () => {
  expect(await printed('verify', 'run')).toMatchObject({
    verified: true,
    files: expect.arrayContaining([{ path: expect.stringMatching(/weights\.json$/), same: true }]),
  });
});

test.each([
  ['an invalid option', ['train', 'gate', '--epochs', '0']],
  ['a missing file', ['evaluate', 'nothing']],
])('%s prints the error and its exit code', async (_, args) => {
  expect(await printed(...args)).toEqual({ error: { message: text, code: 2 } });
});
