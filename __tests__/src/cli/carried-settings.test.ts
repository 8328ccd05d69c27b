/** Every command that takes up a run works with the settings of that run, none of which is a default here. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { definitionFor } from '../../../src/model/definition.ts';
import { dataRequestWith } from '../../../src/node/data-request.ts';
import { train } from '../../../src/runs/library.ts';
import { loadRunRecord, loadWeights } from '../../../src/runs/load.ts';
import { loadDataset } from '../../../src/runs/run.ts';
import { storedRows } from '../../../src/runs/stored-rows.ts';
import { makeSharedProgress, trainTrial } from '../../../src/runs/sweep/train-trial.ts';
import { trialsOf } from '../../../src/runs/sweep/trials.ts';
import { models } from '../../../models/index.ts';
import type { Metrics } from '../../../src/evaluation/metrics.ts';
import { mainScores } from '../../../src/evaluation/regression.ts';
import { temporaryDirectory } from '../../helpers/temporary.ts';
import { zooHere, zooInterrupted } from '../../helpers/zoo-here.ts';

const directory = temporaryDirectory();
const at = (...names: string[]) => join(directory, ...names);
const textOf = (...names: string[]) => readFileSync(at(...names), 'utf8');
const here = async (...words: string[]) => {
  const { code, stdout, stderr } = await zooHere([...words, '--json'], directory);
  if (code !== 0) throw new Error(`zoo ${words.join(' ')}: ${code} ${stderr}`);
  return JSON.parse(stdout) as {
    metrics: { test: object };
    verified: boolean;
    positiveClass: string;
    predictions: { label: string; probabilities: number[] }[];
  };
};

const runs: Record<string, { train: string; elsewhere: string[]; backend: string }> = {
  points: {
    backend: 'float64',
    train:
      'points --rows 120 --test-rows 30 --hidden-weights 1,-1,2,1 --seed 7 --gradients autodiff --optimizer adam ' +
      '--learning-rate 0.05 --schedule cosine --batch-size 32 --validation 0.2 --record-every 3 --epochs 7',
    elsewhere: [],
  },
  table: {
    backend: 'cpu',
    train:
      'mlp --data-file table.csv --target label --test-share 0.4 --missing mean --categories zone --drop-columns note --positive no ' +
      '--hidden 4,3 --activation tanh --dropout 0.3 --l2 0.01 --seed 5 --gradients numeric --optimizer momentum ' +
      '--batch-size 16 --validation 0.25 --patience 2 --record-every 2 --epochs 6',
    elsewhere: ['--data-file', 'moved/table.csv'],
  },
  images: {
    backend: 'wasm',
    train:
      'mnist --data-dir pictures --size 3x5 --grey --test-share 0.3 --as-printed --hidden 6 --activation sigmoid ' +
      '--seed 4 --batch-size 5 --record-every 2 --epochs 5',
    elsewhere: ['--data-dir', 'moved/pictures', '--size', '3x5', '--grey'],
  },
};

beforeAll(async () => {
  const row = (i: number) =>
    [
      i % 7 === 0 ? '' : (i * 37) % 50,
      (i * 11) % 3,
      `n${i}`,
      (i * 37) % 50 > 20 || i % 5 === 0 ? 'yes' : 'no',
    ].join();
  mkdirSync(at('moved'));
  writeFileSync(
    at('table.csv'),
    ['size,zone,note,label', ...Array.from({ length: 80 }, (_, i) => row(i))].join('\n'),
  );
  for (const [k, name] of ['dark', 'light', 'mixed'].entries()) {
    mkdirSync(at('pictures', name), { recursive: true });
    for (let i = 0; i < 7; i++) {
      const pixels = Buffer.from(Array.from({ length: 6 * 10 }, (_, p) => (80 * k + 31 * i + 7 * p) % 256));
      await sharp(pixels, { raw: { width: 6, height: 10, channels: 1 } }).toFile(
        at('pictures', name, `${i}.png`),
      );
    }
  }
  cpSync(at('table.csv'), at('moved/table.csv'));
  cpSync(at('pictures'), at('moved/pictures'), { recursive: true });
  for (const [name, { train: words, backend }] of Object.entries(runs))
    await here('train', ...words.split(' '), '--backend', backend, '--no-report', '--out', name);
}, 60_000);

const cwd = process.cwd();
beforeAll(() => process.chdir(directory));
afterAll(() => process.chdir(cwd));

describe.each(Object.entries(runs))('of the run on %s', (name, { train: words, backend, elsewhere }) => {
  const record = async () => {
    const run = await loadRunRecord(name);
    const { options, hyperParameters, gradients, asPrinted, recordEvery, dataset } = run;
    const settings = { ...hyperParameters, gradients, asPrinted, recordEvery };
    const data = dataRequestWith({ data: dataset.own ? 'auto' : 'built-in', own: dataset.own });
    return { run, data, settings, given: { ...settings, options, backend: run.backend, data } };
  };
  const figures = (history: { epoch: number; loss: number }[]) =>
    history.map(({ epoch, loss }) => [epoch, loss]);

  test('resume ends with its weights and its history, after an interruption', async () => {
    const out = `${name}-stopped`;
    const begin = ['train', ...words.split(' '), '--backend', backend, '--no-report', '--out', out];
    expect((await zooInterrupted(begin, directory)).code).toBe(130);
    await here('train', words.split(' ')[0], '--resume', out, '--no-report');
    expect(textOf(out, 'weights.json')).toBe(textOf(name, 'weights.json'));
    expect(figures((await loadRunRecord(out)).history)).toEqual(figures((await record()).run.history));
  });

  test('a trial of a sweep and the library train the same, and record as often', async () => {
    const { run, data, settings, given } = await record();
    const { model, metrics, recordEvery, epochs, history } = run;
    expect(history.map(({ epoch }) => epoch)).toEqual(
      Array.from({ length: epochs }, (_, i) => i + 1).filter(
        (epoch) => epoch % recordEvery === 0 || epoch === epochs,
      ),
    );
    const definition = { model, fixed: { ...settings, ...run.options }, grid: {} };
    const [trial] = trialsOf(definitionFor(models[model], data), definition);
    const job = {
      ...trial,
      model,
      data,
      backend: run.backend,
      place: 1,
      sharedProgress: makeSharedProgress(1),
    };
    const scores = Object.entries(metrics).map(([part, all]) => [part, mainScores(all as never)]);
    expect(await trainTrial(job)).toMatchObject({ backend, metrics: Object.fromEntries(scores) as object });
    const trained = await train(model, given);
    expect(trained.parameters).toEqual((await loadWeights(name)).parameters);
    expect(figures(trained.history)).toEqual(figures(history));
  });

  test('evaluate scores the rows that training held back, and verify repeats it, wherever the files are now', async () => {
    const { metrics } = (await record()).run;
    for (const data of [[], elsewhere]) {
      // Only the copies are left.
      if (data.length > 0) rmSync(data[1].replace('moved/', ''), { recursive: true });
      const { metrics: again } = await here('evaluate', name, '--backend', backend, ...data);
      expect(again.test).toEqual(metrics.test);
      expect(await here('verify', name, ...data)).toMatchObject({ verified: true });
    }
  });
});

test('evaluate, predict and an export agree on the positive class that training was given, and on --threshold', async () => {
  // Another line, so that all rows are scored.
  writeFileSync(at('more.csv'), `${textOf('moved', 'table.csv')}\n7,1,n80,no\n`);
  const threshold = 0.3;
  const common = ['table', '--threshold', String(threshold), '--backend', 'cpu'];
  const evaluated = await here('evaluate', ...common, '--data-file', 'more.csv');
  const predicted = await here('predict', ...common, 'more.csv');
  expect([evaluated.positiveClass, predicted.positiveClass]).toEqual(['no', 'no']);
  await here('export', 'table', '--format', 'js', '--out', 'table.mjs');
  const exported = (await import(at('table.mjs'))) as {
    classNames: string[];
    predict: (rows: unknown[]) => { probabilities: number[] }[];
  };
  expect(exported.classNames).toEqual(['yes', 'no']);
  const counts = [0, 0].map(() => [0, 0]);
  const rows = textOf('more.csv').trim().split('\n').slice(1);
  rows.forEach((line, i) => {
    const [size, zone, , actual] = line.split(',');
    const { label, probabilities } = predicted.predictions[i];
    const [{ probabilities: ofExport }] = exported.predict([{ size, zone }]);
    probabilities.forEach((probability, k) => expect(ofExport[k]).toBeCloseTo(probability, 5));
    expect(label).toBe(probabilities[1] > threshold ? 'no' : 'yes');
    counts[Number(actual === 'no')][Number(label === 'no')]++;
  });
  expect((evaluated.metrics.test as Metrics).confusionMatrix).toEqual(counts);
  // One half would give other labels.
  expect(predicted.predictions.some(({ probabilities: [, p] }) => p > threshold && p <= 0.5)).toBe(true);
});

test('export checks the rows on which the run was tested', async () => {
  const { file, definition, ...saved } = await loadWeights('points');
  const data = dataRequestWith({ data: 'built-in', options: file.options });
  const { test: held } = await loadDataset({ definition, data, recipe: { ...definition.recipe, seed: 7 } });
  expect((await storedRows({ file, definition, ...saved }, data)).flat()).toEqual(
    Array.from(held.inputs as Float64Array),
  );
});
