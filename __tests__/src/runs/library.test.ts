import { describe, expect, test } from '@jest/globals';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawBreastCancer } from '../../../datasets/built-in/breast-cancer.ts';
import { models } from '../../../models/index.ts';
import { InputError } from '../../../src/utils/errors.ts';
import {
  dataFromRows,
  DivergedError,
  evaluate,
  loadData,
  loadWeights,
  predict,
  saveWeights,
  train,
  type ModelDefinition,
  type TrainOptions,
} from '../../../src/index.ts';
import { asWdbc } from '../../datasets/wdbc-text.ts';
import { clouds } from '../../helpers/toy.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';

const directory = temporaryDirectory();

const table = {
  name: 'halves',
  classNames: ['low', 'high'],
  train: { inputs: [[10], [11], [29], [30]], labels: [0, 0, 1, 1] },
};
/** Logistic regression, under a name and with data that the zoo does not have. */
const own: ModelDefinition = { ...models.cats, name: 'halves', dataset: 'halves' };
const settings = { epochs: 200, learningRate: 1, backend: 'cpu' } as const;

test('trains, saves, loads and predicts a model on data of one’s own, scaled alike', async () => {
  const data = dataFromRows({ ...table, standardise: true });
  const trained = await train(own, { ...settings, data });
  expect(trained).toMatchObject({ status: 'complete', epochs: 200, metrics: { test: { accuracy: 1 } } });
  const path = join(directory, 'halves.json');
  await saveWeights(trained, path);
  const loaded = await loadWeights(path, { ...own });
  expect(loaded.parameters).toEqual(trained.parameters);
  const predictions = await predict(loaded, [[12], [28]]);
  expect(predictions.map(({ label }) => label)).toEqual(['low', 'high']);
  expect(predictions).toEqual(await predict(trained, [[12], [28]]));
  expect(await evaluate(loaded, data)).toEqual(trained.metrics.test);
  await expect(loadWeights(path)).rejects.toThrow('a model "halves" that this zoo does not have');
  await expect(loadWeights(path, models.mnist)).rejects.toThrow('not of mnist');
});

test('the zoo’s name, its definition and its dataset mean the same training', async () => {
  const options = { gate: 'nand' };
  const given = { epochs: 20, backend: 'cpu', options } as const;
  const byName = await train('gate', given);
  const byEntry = await train(models.gate, given);
  const withData = await train('gate', { ...given, data: await loadData('logic-gates', { options }) });
  expect(byEntry.parameters).toEqual(byName.parameters);
  expect(withData.parameters).toEqual(byName.parameters);
});

test('the parts of a composed model learn their own gates', async () => {
  const { metrics, parameters } = await train('xor-composed', { backend: 'wasm' });
  expect(metrics.test.accuracy).toBe(1);
  expect(new Set(Object.values(parameters).map(({ values }) => values.join())).size).toBe(6);
});

test('each setting counts: with any of them changed the weights are others', async () => {
  const { inputs, labels } = clouds(30, { features: 3 });
  const data = dataFromRows({
    ...{ name: 'clouds', classNames: ['a', 'b'] },
    train: {
      inputs: Array.from({ length: 30 }, (_, i) => [...inputs.subarray(3 * i, 3 * i + 3)] as number[]),
      labels: [...labels],
    },
  });
  const options = { hidden: [5, 4], activation: 'tanh', dropout: 0.2, l1: 0.01, l2: 0.01 };
  const given: TrainOptions = {
    ...{
      epochs: 3,
      batchSize: 8,
      optimizer: 'adam',
      learningRate: 0.05,
      decay: 'cosine',
      seed: 3,
      validation: 0.2,
    },
    ...{ gradients: 'autodiff', backend: 'cpu', data, options },
  };
  const weightsOf = async (change: TrainOptions) => (await train('mlp', { ...given, ...change })).parameters;
  const weights = await weightsOf({});
  const changes: TrainOptions[] = [
    ...[
      { epochs: 2 },
      { batchSize: 7 },
      { optimizer: 'sgd' },
      { learningRate: 0.04 },
      { decay: 'none' },
      { seed: 4 },
    ],
    ...[{ validation: 0.1 }, { gradients: 'numeric' }, { backend: 'float64' }],
    ...[{ hidden: [4, 5] }, { activation: 'relu' }, { dropout: 0.1 }, { l1: 0 }, { l2: 0 }].map((change) => ({
      options: { ...options, ...change },
    })),
  ] as TrainOptions[];
  expect(await weightsOf({})).toEqual(weights);
  for (const change of changes) expect([change, await weightsOf(change)]).not.toEqual([change, weights]);
});

test('data are taken from where they are said to be', async () => {
  const files = join(directory, 'data/breast-cancer');
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'wdbc.data'), asWdbc(drawBreastCancer(40)));
  const given = { epochs: 1, backend: 'cpu', data: { dataDir: join(directory, 'data') } } as const;
  const { dataset } = await train('breast-cancer', given);
  expect(dataset).toMatchObject({ source: 'dir' });
});

test('a signal ends training after the step; what was learned is there', async () => {
  const controller = new AbortController();
  const trained = await train('gate', {
    ...settings,
    epochs: 1e6,
    signal: controller.signal,
    onStep: ({ epoch }) => epoch === 30 && controller.abort(),
  });
  expect(trained).toMatchObject({ status: 'interrupted', steps: 30 });
});

test('out leaves a run directory; without it nothing is written', async () => {
  const out = join(directory, 'run');
  await train('gate', { ...settings, out });
  expect(await readdir(out)).toEqual(expect.arrayContaining(['run.json', 'weights.json']));
  await expect(train('gate', { ...settings, out })).rejects.toThrow('holds a finished run of gate');
  expect(await train('gate', { ...settings, epochs: 3, out, overwrite: true })).toMatchObject({ epochs: 3 });
});

describe('mistakes are told in one sentence', () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['an unknown model', () => train('mnits'), /Unknown model "mnits"\. Known: gate/],
    ['no model', () => train(undefined as never), /Unknown model "undefined"/],
    [
      'an unknown setting',
      () => train('gate', { epoch: 3 } as never),
      /unknown setting "epoch" for gate. Valid settings: gate, epochs/,
    ],
    ['an unknown option', () => train('gate', { options: { hidden: 3 } }), /unknown setting "hidden"/],
    ['a number out of range', () => train('gate', { epochs: 0 }), /^epochs takes a whole number from 1/],
    ['a wrong choice', () => train('gate', { decay: 'fast' as never }), /^decay takes one of none, linear/],
    ['an unknown preset', () => train('mnist', { preset: 'x' }), /no preset "x". Valid presets: document/],
    ['a dataset the zoo lacks', () => train(own), /no dataset "halves"/],
    ['an unknown dataset', () => loadData('mnits'), /Unknown dataset "mnits"\. Known: logic-gates/],
    ['too many numbers', async () => predict(await train('gate', settings), [[1, 2, 3]]), /input 1 has 3/],
    [
      'data of another width',
      async () => evaluate(await train('gate', settings), dataFromRows(table)),
      /take 2 inputs, the dataset has 1/,
    ],
  ])('%s', async (_, work, message) => {
    const error = await work().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
  });

  test.each<[string, object, RegExp]>([
    ['rows of different lengths', { train: { inputs: [[1], [2, 3]], labels: [0, 1] } }, /row 2: 2 numbers/],
    ['a missing label', { train: { inputs: [[1], [2]], labels: [0] } }, /2 rows and 1 labels/],
    ['a label without a class', { train: { inputs: [[1]], labels: [2] } }, /label 2 is not a class number/],
    ['NaN', { train: { inputs: [[NaN]], labels: [0] } }, /row 1: not all are finite/],
    ['no class', { classNames: [] }, /2 to 256 class names/],
    ['no rows', { train: { inputs: [], labels: [] } }, /at least one training row/],
  ])('own data: %s', (_, change, message) => {
    expect(() => dataFromRows({ ...table, ...change })).toThrow(message);
  });
});

test('divergence is an error that carries the last good weights', async () => {
  const diverging = train(own, {
    ...settings,
    learningRate: 1e6,
    epochs: 1e4,
    data: dataFromRows({
      ...table,
      train: { inputs: [[1e38]], labels: [0] },
    }),
  });
  const error = (await diverging.catch((caught: unknown) => caught)) as DivergedError;
  expect(error).toBeInstanceOf(DivergedError);
  expect(Object.keys(error.lastGood)).toEqual(['weights', 'bias']);
});
