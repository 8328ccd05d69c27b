import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zooHere } from '../../helpers/zoo-here.ts';
import { zoo } from '../../helpers/zoo.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'zoo-cli-'));
});
afterAll(() => rm(directory, { recursive: true }));

const inDirectory = (args: string[], input?: string) => zoo(args, { cwd: directory, input });

describe('a gate from training to prediction', () => {
  test('train leaves weights, run and pictures; evaluate and predict use them', async () => {
    const trained = await inDirectory([
      'train',
      'gate',
      '--gate',
      'or',
      '--backend',
      'cpu',
      '--out',
      'or',
      '--json',
    ]);
    expect(trained.code).toBe(0);
    const summary = JSON.parse(trained.stdout) as Record<string, never>;
    expect(summary).toMatchObject({
      model: 'gate',
      dataset: { name: 'logic-gates', source: 'built-in' },
      backend: 'cpu',
      gradients: 'manual',
      seed: 1,
      epochs: 1000,
      steps: 1000,
      metrics: { train: { accuracy: 1 }, test: { accuracy: 1 } },
    });
    expect(await readdir(join(directory, 'or'))).toEqual(
      expect.arrayContaining(['learning-curve.png', 'learning-curve.svg', 'run.json', 'weights.json']),
    );
    const weights = JSON.parse(await readFile(join(directory, 'or/weights.json'), 'utf8')) as {
      parameters: { weights: { shape: number[]; values: number[] } };
    };
    // The document prints [5.44346811 5.39279833] after 1 000 epochs; this is float32.
    expect(weights.parameters.weights.shape).toEqual([2, 1]);
    expect(weights.parameters.weights.values[0]).toBeCloseTo(5.44346811, 3);
    expect(weights.parameters.weights.values[1]).toBeCloseTo(5.39279833, 3);

    const evaluated = await inDirectory(['evaluate', 'or/weights.json', '--backend', 'cpu', '--json']);
    expect(JSON.parse(evaluated.stdout)).toMatchObject({
      model: 'gate',
      metrics: {
        test: {
          accuracy: 1,
          confusionMatrix: [
            [1, 0],
            [0, 3],
          ],
        },
      },
    });

    const predicted = await inDirectory(
      ['predict', 'or/weights.json', '-', '--backend', 'cpu', '--json'],
      '[0,0]\n{"values":[1,0]}\n',
    );
    const { predictions } = JSON.parse(predicted.stdout) as {
      predictions: { label: string; probabilities: number[] }[];
    };
    expect(predictions.map(({ label }) => label)).toEqual(['0', '1']);
    // Printed by the document: 0.09855987 and 0.96195283.
    expect(predictions[0].probabilities[1]).toBeCloseTo(0.09855987, 4);
    expect(predictions[1].probabilities[1]).toBeCloseTo(0.96195283, 4);
  });
});

describe('bad input: one sentence, exit code 2, nothing written', () => {
  const weights = (change: object) =>
    JSON.stringify({
      format: 'backprop-zoo/weights',
      version: 1,
      model: 'gate',
      options: { gate: 'or' },
      classNames: ['0', '1'],
      parameters: {
        weights: { shape: [2, 1], dtype: 'float32', values: [1, 1] },
        bias: { shape: [1], dtype: 'float32', values: [0] },
      },
      preprocessing: { kind: 'none' },
      training: {},
      metrics: {},
      ...change,
    });

  beforeAll(async () => {
    await writeFile(join(directory, 'good.json'), weights({}));
    await writeFile(join(directory, 'other.json'), weights({ model: 'xor' }));
    await writeFile(join(directory, 'unknown.json'), weights({ model: 'resnet' }));
    await writeFile(join(directory, 'text.png'), 'not a picture');
    await writeFile(join(directory, 'file'), '');
  });

  test.each<[string, string[], RegExp]>([
    ['a misspelt command', ['trian'], /Did you mean train\?/],
    ['an unknown model', ['train', 'mnsit'], /Unknown model "mnsit"/],
    ['an unknown option', ['train', 'gate', '--epoch', '3'], /epoch/],
    ['negative epochs', ['train', 'gate', '--epochs', '-1', '--out', 'new'], /--epochs takes a whole number/],
    [
      'a word for a number',
      ['train', 'breast-cancer', '--l2', 'abc', '--out', 'new'],
      /--l2 takes a number of at least 0, not text/,
    ],
    [
      'a learning rate that is no number',
      ['train', 'gate', '--learning-rate', 'x', '--out', 'new'],
      /--learning-rate/,
    ],
    ['an unknown gate', ['train', 'gate', '--gate', 'maybe', '--out', 'new'], /gate "maybe"/],
    ['an unknown preset', ['train', 'gate', '--preset', 'x', '--out', 'new'], /no preset "x"/],
    ['a run directory below a file', ['train', 'gate', '--out', 'file/new'], /file/],
    [
      'an empty data directory',
      ['train', 'mnist', '--data-dir', '.', '--out', 'new'],
      /train-images-idx3-ubyte/,
    ],
    ['weights that do not exist', ['predict', 'none.json', '--values', '1,0'], /none\.json/],
    ['weights that are no JSON', ['predict', 'text.png', '--values', '1,0'], /JSON/],
    ['weights of another model', ['predict', 'other.json', '--values', '1,0'], /lacks the parameter/],
    ['weights of an unknown model', ['predict', 'unknown.json', '--values', '1,0'], /resnet/],
    ['too few values', ['predict', 'good.json', '--values', '1'], /takes 2/],
    ['a value that is no number', ['predict', 'good.json', '--values', '1,x'], /finite numbers/],
    ['a picture for a model of numbers', ['predict', 'good.json', 'text.png'], /takes 2 numbers/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await zooHere(args, directory);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |unexpected error/);
    expect(existsSync(join(directory, 'new'))).toBe(false);
  });

  test('under --json the error is a document too', async () => {
    const { code, stdout } = await zooHere(['train', 'nothing', '--json'], directory);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { message: expect.stringContaining('nothing') as unknown, code: 2 },
    });
  });
});
