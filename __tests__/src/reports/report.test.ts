import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exampleRequest } from '../../helpers/example-run.ts';
import { readableHtml } from '../../helpers/outline.ts';
import { trainedRun } from '../../helpers/trained.ts';
import { zooHere } from '../../helpers/zoo-here.ts';
import { datasets } from '../../../datasets/index.ts';
import { models } from '../../../models/index.ts';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { useBackend } from '../../../src/backend/index.ts';
import { readCsvTable } from '../../../src/data/formats/csv.ts';
import { datasetFromTable } from '../../../src/data/table/dataset.ts';
import { dataFromRows } from '../../../src/data/data-from-rows.ts';
import type { Metrics } from '../../../src/evaluation/metrics.ts';
import { alignSeries, chart, swatch } from '../../../src/reports/chart.ts';
import { compareReport } from '../../../src/reports/compare-report.ts';
import {
  definitionTable,
  embeddedJson,
  figure,
  heatTable,
  html,
  png,
  short,
  table,
} from '../../../src/reports/html.ts';
import type { Series } from '../../../src/reports/pictures/chart.ts';
import { colorStrip, rasterPng } from '../../../src/reports/pictures/raster.ts';
import { repeatCommand, runReport } from '../../../src/reports/run-report.ts';
import { classTable, confusionTable, scoresTable } from '../../../src/reports/scores.ts';
import {
  type Details,
  detailsOf,
  gradientNorms,
  gradientSection,
  learningSection,
  type Mistake,
  mistakesSection,
  mistakesText,
  probabilitySection,
  timePoints,
} from '../../../src/reports/sections.ts';
import { run } from '../../../src/runs/run.ts';
import type { EpochRecord } from '../../../src/training/types.ts';
import { tf } from '../../../src/utils/tf.ts';
import type { RunReport } from '../../../src/weights/run-record.ts';
import { plainText } from '../../helpers/plain-text.ts';

const reportWith = (facts: object) => facts as unknown as RunReport;

const hostile = `</script><img src=x onerror="alert('1')">&`;

describe('escaping', () => {
  test('text and attributes cannot become HTML; HTML of templates is kept', () => {
    const { text } = html`<p title="${hostile}">${hostile}${html`<b>${1}</b>`}${[html`<i></i>`, '<']}</p>`;
    expect(text).toBe(
      `<p title="${'&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;'}">` +
        '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<b>1</b><i></i>&lt;</p>',
    );
    expect(html`${'a\0b'}`.text).toBe('a�b');
  });

  test('no JSON ends its script element, and it reads back the same', () => {
    const { text } = embeddedJson({ hostile });
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ hostile });
  });
});

test('how many rows are wrong reads well for every number', () => {
  expect(mistakesText(0, 0)).toBe('Every test row is classified rightly.');
  const wrongly = 'classified wrongly';
  expect(mistakesText(1, 1)).toBe(`1 test row is ${wrongly}:`);
  expect(mistakesText(2, 2)).toBe(`2 test rows are ${wrongly}, the surest first:`);
  expect(mistakesText(25, 24)).toBe(`25 test rows are ${wrongly}; the 24 of which the model is surest:`);
  expect(mistakesText(9, 1)).toBe(`9 test rows are ${wrongly}; the one of which the model is surest:`);
  expect(mistakesText(1, 1, 'table.csv')).toBe(`1 test row is ${wrongly}, from table.csv:`);
});

describe('report.html', () => {
  let directory: string;
  beforeAll(async () => {
    await useBackend('cpu');
    directory = mkdtempSync(join(tmpdir(), 'zoo-report-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));
  const out = (name: string) => join(directory, name);
  const textOf = (name: string) => readFileSync(join(out(name), 'report.html'), 'utf8');

  test('is complete, small, and names nothing that it would have to load', async () => {
    await run({ ...exampleRequest('adam'), out: out('whole') });
    const text = textOf('whole');
    expect(statSync(join(out('whole'), 'report.html')).size).toBeLessThan(1.5e6);
    expect(text).not.toMatch(/(src|href)="(?!data:)/);
    expect(text).not.toMatch(/url\((?!data:)/);
    expect(readFileSync(join(out('whole'), 'learning-curve.svg'), 'utf8')).toContain('gate (and)');
    for (const heading of ['Learning curves', 'Scores', 'Decision boundary', 'Gradients', 'Repeat']) {
      expect(text).toContain(`<h2>${heading}</h2>`);
    }
  });

  test('is left of interrupted and of diverged runs, and says so', async () => {
    let step = 0;
    const hooks = { shouldStop: () => ++step === 3 };
    await run({ ...exampleRequest('adam'), out: out('interrupted'), hooks });
    expect(textOf('interrupted')).toContain('Training was interrupted after 3 steps');
    const { recipe, ...request } = exampleRequest('sgd');
    const diverging = { ...recipe, learningRate: 1e300, epochs: 20 };
    await run({ ...request, recipe: diverging, out: out('diverged') }).catch(() => {});
    expect(textOf('diverged')).toContain('Training diverged');
  });

  test('is left out when nobody wants it, and no older one stays behind', async () => {
    await run({ ...exampleRequest('adam'), out: out('twice') });
    await run({ ...exampleRequest('adam'), out: out('twice'), report: false, overwrite: true });
    expect(existsSync(join(out('twice'), 'report.html'))).toBe(false);
    expect(existsSync(join(out('twice'), 'run.json'))).toBe(true);
    const words = 'train gate --epochs 5 --backend cpu --no-report --out bare';
    const { code } = await zooHere(words.split(' '), directory);
    expect(code).toBe(0);
    expect(existsSync(join(out('bare'), 'report.html'))).toBe(false);
  });
});

/** What stands in the body, with as many digits as can be looked at. */
async function bodyOf(page: string): Promise<string> {
  const [, body] = /<main>([^]*)<\/main>/.exec(page)!;
  return (await readableHtml(body)).replace(/-?\d+\.\d{8,}(?:e-?\d+)?/g, (number) =>
    String(Number(Number(number).toPrecision(6))),
  );
}

const headingsOf = (body: string): string[] =>
  Array.from(body.matchAll(/<h2>(.*?)<\/h2>/g), ([, text]) => text);

const expectLines = (body: string, lines: string[]): void =>
  expect(plainText(body).split('\n')).toEqual(expect.arrayContaining(lines));

describe('a whole report', () => {
  beforeAll(() => useBackend('cpu'));

  const gates = () => datasets['logic-gates'].load(exampleRequest('adam').data);
  const weights = {
    weights: [
      [2, 1],
      [2, 2],
    ],
    bias: [[1], [-1]],
  } satisfies Parameters<typeof trainedRun>[2];

  test('of two classes', async () => {
    const text = await bodyOf(await runReport(trainedRun('gate', await gates(), weights), {}));
    expect(headingsOf(text)).toEqual([
      ...['Learning curves', 'Scores', 'Classes of the test set', 'Probabilities on the test set'],
      ...['Most confident mistakes', 'Gradients', 'Data and settings', 'Repeat'],
    ]);
    expectLines(text, [
      ...['gate (and)', '50.00 % test accuracy', '1.4942 test loss', '50.00 % training accuracy'],
      ...['1.0000 area under ROC of class 1', '5 epochs', '10 steps', '2.3 seconds of training'],
      ...['training, 4 rows test, 4 rows', 'log loss, nats 0.74709 0.74709', 'macro F1 50.00 % 50.00 %'],
      'accuracy of always predicting the most frequent class 75.00 % 75.00 %',
      'Nothing is held back: the test rows are the training rows.',
      ...['0 1 2', '1 0 1', '0 100.00 % 33.33 % 50.00 % 3', '1 33.33 % 100.00 % 50.00 % 1'],
      ...['row 2 0, 1 1 73.11 % 0', 'row 3 1, 0 1 73.11 % 0'],
      ...['weights 2×1 0.28765 0.48340 2.8284', 'bias 1 0.71034 0.84182 1.0000'],
      ...['document 004', 'learningRate 0.1', 'rows 4 train, 4 test', 'backend cpu', 'platform a machine'],
      'data (SHA-256) 0123456789abcdef0123456789abcdef…',
      'zoo train gate --gradients manual --backend cpu --seed 1 --record-every 1',
      'zoo verify runs/one',
    ]);
  });

  test('with what else a run may have', async () => {
    const dataset = {
      ...(await gates()),
      standIn: 'These are not the real rows.',
      files: Array.from({ length: 9 }, (_, i) => ({
        name: `${i}.csv`,
        bytes: 10 * i,
        sha256: `${i}`.repeat(64),
      })),
    };
    const report = trainedRun(
      'gate',
      { ...dataset, test: { ...dataset.test }, validation: dataset.train },
      weights,
      {
        status: 'interrupted',
        result: { restoredEpoch: 3, validationRows: 4, steps: 1 },
      },
    );
    report.metrics.validation = report.metrics.train;
    report.identity.options.hidden = [3, 4];
    const picture = await rasterPng(colorStrip(3));
    const pictures = { 'decision-boundary': picture, weights: picture, 'feature-maps': picture };
    const text = await bodyOf(await runReport(report, pictures));
    expect(headingsOf(text)).toEqual(
      expect.arrayContaining(['Decision boundary', 'Learned weights', 'Feature maps']),
    );
    expectLines(text, [
      'Training was interrupted after 1 step; it can be resumed.',
      'These are not the real rows.',
      ...['50.00 % validation accuracy', '1 steps', 'hidden 3, 4', 'best epoch, restored 3'],
      ...['rows 4 train, 4 validation, 4 test', '7.csv 70 bytes, SHA-256 7777777777777777…'],
      'zoo train gate --hidden 3,4 --gradients manual --backend cpu --seed 1 --record-every 1 --data built-in',
    ]);
    // Of many files the first eight are listed.
    expect(text).not.toContain('8.csv');
    expect(text).not.toMatch(/zoo verify|Nothing is held back/);
    const diverged = await bodyOf(await runReport({ ...report, status: 'diverged' }, {}));
    expect(diverged).toContain('Training diverged. Shown are the last good weights, those of epoch 5.');
    expect(diverged).not.toContain('<span>steps</span>');
  });

  test('of a number to be predicted', async () => {
    const inputs = Array.from({ length: 14 }, (_, i) => [i]);
    const dataset = dataFromRows({
      name: 'prices',
      classNames: ['price'],
      train: { inputs, labels: inputs.map(([x]) => 10 * x + 3 * (x % 3)) },
    });
    const test = {
      ...dataset.test,
      origin: (row: number) => ({ file: 'a.csv', place: row === 13 ? '' : `line ${row + 2}` }),
    };
    const report = trainedRun(
      'mlp',
      { ...dataset, test: { ...test, target: { mean: 60, scale: 20 } } },
      {
        hidden1Weights: [[1, 1], [0.5]],
        hidden1Bias: [[1], [0]],
        outputWeights: [[1, 1], [1]],
        outputBias: [[1], [-2.8]],
      },
      { options: { hidden: [1] } },
    );
    const text = await bodyOf(await runReport(report, {}));
    expect(headingsOf(text)).toContain('Predictions for the test set');
    const rows = plainText(text)
      .split('\n')
      .filter((line) => line.startsWith('a.csv'));
    // The twelve largest errors of fourteen, in their order.
    expect(rows).toHaveLength(12);
    expect([rows[0], rows[4], rows[5], rows[11]]).toEqual([
      'a.csv, line 2 0.0000 4.0000 4.0000',
      'a.csv, line 14 120.00 124.00 4.0000',
      'a.csv, line 4 26.000 24.000 -2.0000',
      'a.csv, line 9 73.000 74.000 1.0000',
    ]);
    expect(text).not.toContain('Confusion');
  });

  test('mistakes are the surest ones, at most twenty-four, with their pictures; gradients are of the first batch', async () => {
    // The class that a picture’s first pixels say is never right.
    const labels = Array.from({ length: 30 }, (_, i) => i % 3);
    const inputs = labels.map((label, i) =>
      [0, 1, 2, 3].map((pixel) => (pixel === (label + 1) % 3 ? 0.5 + i / 60 : 0)),
    );
    const rows = dataFromRows({ name: 'greys', classNames: ['a', 'b', 'c'], train: { inputs, labels } });
    const image = { kind: 'image' as const, height: 2, width: 2, channels: 1, divisor: 1 };
    const eye = [4, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0];
    const origin = (row: number) => ({ file: 'greys.csv', place: `line ${row + 2}` });
    const report = trainedRun(
      'softmax',
      { ...rows, test: { ...rows.test, origin }, preprocessing: image },
      { weights: [[4, 3], eye], bias: [[3], [0, 0, 0]] },
    );
    const { mistakes, mistakesInAll, calibration, roc } = await detailsOf(report);
    expect([mistakesInAll, mistakes.length, roc]).toEqual([30, 24, undefined]);
    expect(mistakes.map(({ row }) => row)).toEqual(Array.from({ length: 24 }, (_, i) => 30 - i));
    const z = Math.exp(4 * (0.5 + 29 / 60));
    expect(mistakes[0]).toMatchObject({
      ...{ actual: 2, predicted: 0, origin: { file: 'greys.csv', place: 'line 31' } },
      probability: expect.closeTo(z / (z + 2), 6) as unknown,
    });
    expect(mistakes[0].values).toBeUndefined();
    const pixels = await sharp(mistakes[0].picture).grayscale().raw().toBuffer();
    expect(Array.from(pixels)).toEqual([Math.round(255 * (0.5 + 29 / 60)), 0, 0, 0]);
    expect(calibration.reduce((sum, { rows }) => sum + rows, 0)).toBe(30);
    expect(calibration.every(({ happened }) => happened === 0)).toBe(true);
    const norms = (batchSize: number | 'full') =>
      gradientNorms({
        ...report,
        request: { ...report.request, recipe: { ...report.request.recipe, batchSize } },
      });
    expect([norms(7).gradientRows, norms('full').gradientRows, norms(31).gradientRows]).toEqual([7, 30, 30]);
    // Constants are kept; else a second time leaves nothing behind.
    const { numTensors } = tf.memory();
    await detailsOf(report);
    norms(7);
    expect(tf.memory().numTensors).toBe(numTensors);
    const [ofWeights, ofBias] = norms(1).gradientNorms;
    // One row: ∂L/∂b = p − y, with p of the equal sums before training ⅓ each.
    expect(ofBias).toMatchObject({
      name: 'bias',
      shape: [3],
      size: 0,
      before: expect.closeTo(Math.sqrt(4 / 9 + 2 / 9), 6) as unknown,
    });
    expect(ofWeights).toMatchObject({
      size: Math.sqrt(48),
      before: expect.closeTo(0.5 * Math.sqrt(6 / 9), 6) as unknown,
    });
    const p = [1, Math.exp(2), 1].map((share) => share / (2 + Math.exp(2)));
    expect(ofBias.after).toBeCloseTo(Math.hypot(p[0] - 1, p[1], p[2]), 6);
  });
});

test('several runs: the best of those on the same rows, what differs, links and pictures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoo-compare-page-'));
  const png = await rasterPng(colorStrip(2));
  for (const name of ['one', 'two & a half']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'two & a half', 'report.html'), '');
  writeFileSync(join(folder, 'one', 'decision-boundary.png'), png);
  writeFileSync(join(folder, 'one', 'weights.png'), Buffer.alloc(3_000_001));
  const compared = (name: string, accuracy: number, more: object, fingerprint = 'same') => ({
    ...{ name, directory: join(folder, name), settings: { rate: String(accuracy), data: `${fingerprint}…` } },
    run: {
      ...{ model: 'gate', options: { gate: 'or' }, status: 'complete', epochs: 3, seconds: 1.25 },
      dataset: { name: 'gates', fingerprint },
      history: [{ epoch: 1, loss: accuracy / 2, accuracy, seconds: 1 }],
      metrics: {
        train: { accuracy: 1 },
        test: { accuracy, loss: 0.5, logLoss: accuracy, macro: { f1: accuracy } },
      },
      ...more,
    },
  });
  const of = async (runs: object[], differing: string[]) =>
    bodyOf(await compareReport({ runs, differing } as never, join(folder, 'pages', 'compare.html')));
  const [one, two] = [compared('one', 0.5, {}), compared('two & a half', 0.75, { status: 'diverged' })];
  const other = compared(
    'three',
    0.9,
    { model: 'mnist', options: {}, dataset: { name: 'digits', fingerprint: 'x', standIn: 'drawn' } },
    'x',
  );
  const regression = { metrics: { train: { loss: 1 }, test: { r2: 0.5, rmse: 2 } } };
  const both = await of([one, two], ['rate']);
  expect(both).toContain('<h1>2 runs of gate (or)</h1>');
  expect(headingsOf(both)).toEqual(['Scores', 'Learning curves', 'Settings', 'Pictures']);
  expectLines(both, [
    'run training accuracy test accuracy test macro F1 test log loss test loss epochs seconds status',
    'one 100.00 % 50.00 % 50.00 % 0.50000 0.50000 3 1.3 complete',
    'two &amp; a half 100.00 % 75.00 % 75.00 % 0.75000 0.50000 3 1.3 diverged',
    ...['Training loss', 'Training accuracy', 'Time per epoch', 'rate 0.5 0.75', 'data same… same…'],
    ...['shaded: what differs', 'one: decision boundary'],
  ]);
  const captions = async (...runs: object[]) =>
    /<figcaption>(.*?)<\/figcaption>/.exec(await of(runs, []))![1];
  expect([await captions(one, two), await captions(one, two, other), await captions(one, other)]).toEqual([
    'shaded: the best of each column; losses include each model’s regularizer and are not ranked',
    'shaded: the best of the runs on the same data; losses include each model’s regularizer and are not ranked',
    'no two runs were tested on the same rows: they are not ranked',
  ]);
  const mixed = await of([one, two, other, compared('four', 0.5, regression)], []);
  expect(mixed).toContain('<h1>4 runs of gate (or), mnist</h1>');
  expectLines(mixed, [
    'one gates same… 100.00 % 50.00 % — — 50.00 % 0.50000 0.50000 3 1.3 complete',
    'three digits x… 100.00 % 90.00 % — — 90.00 % 0.90000 0.50000 3 1.3 complete, synthetic data',
    'four gates same… — — 0.50000 2.0000 — — — 3 1.3 complete',
  ]);
  expect(mixed).toContain('all runs have the same settings');
  expect(await of([two], [])).not.toContain('<h2>Pictures');
  // Of three megabytes each two fit a page.
  writeFileSync(join(folder, 'one', 'weights.png'), Buffer.alloc(3_000_000));
  for (const name of ['weights', 'feature-maps', 'decision-boundary'])
    writeFileSync(join(folder, 'two & a half', `${name}.png`), Buffer.alloc(2_999_000));
  const text = await compareReport({ runs: [one, two], differing: [] } as never, join(folder, 'c.html'));
  expect(Array.from(text.matchAll(/alt="([^"]*)"/g), ([, alt]) => alt)).toEqual([
    'one: decision boundary',
    'one: weights',
    'two &amp; a half: decision boundary',
  ]);
  rmSync(folder, { recursive: true });
});

describe('the command that repeats a run', () => {
  const definition = models['breast-cancer'];
  const request = { ...exampleRequest('adam'), definition, recipe: definition.recipe, options: {} };
  const commandOf = (change: object, dataset: object = {}) =>
    repeatCommand(
      reportWith({
        request: { ...request, ...change },
        dataset: { source: 'cache', files: [], ...dataset },
      }),
    );
  const rest = `--gradients manual --backend cpu --seed ${definition.recipe.seed} --record-every 1`;
  const fromFile = { definition: { ...definition, file: { path: './my model.ts' } } };
  const ofUser = { source: 'dir', files: [{ name: 'breast_cancer.csv' }] };

  test('has what differs from the defaults, fit for a shell', () => {
    const changed = {
      options: { units: 5, l1: 0, l2: 0.01, init: 'ones' },
      asPrinted: true,
      recipe: { ...definition.recipe, learningRate: 0.5 },
      data: { dataDir: "/my data/it's" },
    };
    expect(commandOf(changed, ofUser)).toBe(
      `zoo train breast-cancer --units 5 --learning-rate 0.5 --as-printed ${rest} --data dir --data-dir '/my data/it'\\''s'`,
    );
  });

  test.each<[string, object, object, string]>([
    ['the file of a model', {}, {}, rest],
    [
      'where it started, and a file of data',
      { start: { file: 'a.json' } },
      { own: { file: 'b.csv', target: 'y' }, source: 'dir' },
      `--start-from a.json ${rest} --data-file b.csv --target y`,
    ],
    ['synthetic data', {}, { standIn: 'drawn' }, `${rest} --data built-in`],
    ['a directory of data', { data: { dataDir: 'd' } }, ofUser, `${rest} --data dir --data-dir d`],
    ['no directory that is unknown', { data: {} }, ofUser, rest],
    ['no directory that was not used', { data: { dataDir: 'd' } }, {}, rest],
  ])('names %s', (_, change, dataset, words) => {
    expect(commandOf({ ...fromFile, ...change }, dataset)).toBe(`zoo train './my model.ts' ${words}`);
  });

  test('does not exist for what only a program has', () => {
    expect(commandOf({}, { source: 'dir' })).toBeUndefined();
    expect(commandOf({ definition: { ...definition, name: 'spirals' } }, ofUser)).toBeUndefined();
  });
});

test('time is that of an epoch, over the epochs since the record before', () => {
  const seconds = Object.entries({ 2: 3, 3: 4, 7: 6 });
  const history = seconds.map(([epoch, seconds]) => ({ epoch: Number(epoch), loss: 1, seconds }));
  expect(timePoints(history).flat()).toEqual([2, 1500, 3, 1000, 7, 500]);
});

test('learning: loss, accuracy where there is one, time; a sentence where nothing was recorded', async () => {
  const section = (history: EpochRecord[]) =>
    readableHtml(learningSection(reportWith({ result: { history }, metrics: {} })).text);
  const record = { epoch: 1, loss: 0.5, seconds: 2 };
  expectLines(await section([{ ...record, accuracy: 0.75, validationLoss: 0.6 }]), [
    ...['Loss', 'Accuracy', 'Time per epoch'],
  ]);
  expect(await section([record])).not.toContain('Accuracy');
  expect(await section([])).toBe('<p>No epoch was recorded before training ended.</p>');
});

const details: Details = {
  roc: [
    { threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 },
    { threshold: 0.123456, falsePositiveRate: 0.5, truePositiveRate: 1 },
  ],
  precisionRecall: [{ threshold: 0.7, recall: 0.25, precision: 0.8 }],
  calibration: [
    { predicted: 0.2, happened: 0.1, rows: 1 },
    { predicted: 0.9, happened: 1, rows: 12 },
  ],
  mistakes: [],
  mistakesInAll: 0,
};

test('probabilities: three curves of a model of two classes, one of others', async () => {
  const section = (task: string, { roc, precisionRecall, ...others }: Details) =>
    readableHtml(
      probabilitySection(
        reportWith({
          metrics: { test: task === 'binary' ? { rocAuc: 0.75, averagePrecision: 0.6 } : {} },
          model: { task },
          dataset: { classNames: ['0', 'yes', 'perhaps'] },
        }),
        task === 'binary' ? { ...others, roc, precisionRecall } : others,
      ).text,
    );
  expectLines(await section('binary', details), [
    'The positive class is yes : probabilities are those of it, and a row is called so above one half, else class 0. zoo evaluate and zoo predict take other thresholds:',
    ...['--threshold precision of yes recall of yes', '0.6 80.00 % 25.00 %', '0.7 — —'],
    'Receiver operating characteristic of yes, area 0.75000',
    'Precision and recall of yes, average precision 0.60000',
    'Calibration: is it yes as often as predicted?',
  ]);
  expect(plainText(await section('multiclass', details))).toBe(
    'Calibration: is the predicted class right as often as predicted?',
  );
});

const mistake = { row: 3, actual: 0, predicted: 1, probability: 0.98765 };
const mistakes = (list: Mistake[], mistakesInAll = list.length) =>
  readableHtml(
    mistakesSection(reportWith({ dataset: { classNames: ['cat', 'dog'] } }), {
      ...details,
      mistakes: list,
      mistakesInAll,
    }).text,
  );

test('mistakes: in the file that all are of, or each with its own', async () => {
  const of = (file: string, place: string) => ({
    ...mistake,
    origin: { file, place },
    values: [1.234567, -2],
  });
  expect(await mistakes([])).toBe('<p>Every test row is classified rightly.</p>');
  expectLines(await mistakes([mistake]), ['where predicted with is', 'row 3 dog 98.77 % cat']);
  expectLines(await mistakes([of('a.csv', 'line 3'), of('a.csv', 'line 9')], 7), [
    mistakesText(7, 2, 'a.csv'),
    'where values predicted with is',
    'line 3 1.2346, -2 dog 98.77 % cat',
    'line 9 1.2346, -2 dog 98.77 % cat',
  ]);
  expectLines(await mistakes([of('a.csv', 'line 3'), of('b.csv', 'line 9'), of('c.png', '')]), [
    mistakesText(3, 3),
    ...['a.csv, line 3', 'b.csv, line 9', 'c.png'].map((where) => `${where} 1.2346, -2 dog 98.77 % cat`),
  ]);
});

describe('mistakes in a table show its cells as written, by column, and no encoded values', () => {
  const csv = [
    'id,price,city,answer',
    ...Array.from(
      { length: 40 },
      (_, i) => `00${i},${i % 2}.50,${i % 4 < 2 ? 'Bonn' : 'Ulm <3'},${i % 2 ? 'yes' : 'no'}`,
    ),
  ].join('\n');
  const datasetOf = (text: string, options: object) =>
    datasetFromTable(readCsvTable(new TextEncoder().encode(text), 'a.csv', ','), {
      target: 'answer',
      dropColumns: ['id'],
      ...options,
    });

  const zeroWeights = (features: number, bias: number[]): Parameters<typeof trainedRun>[2] => ({
    hidden1Weights: [[features, 1], Array<number>(features).fill(0)],
    hidden1Bias: [[1], [0]],
    outputWeights: [[1, bias.length], bias.map(() => 0)],
    outputBias: [[bias.length], bias],
  });

  test('of classes', async () => {
    const dataset = datasetOf(csv, {});
    const { features } = dataset.train;
    // The logit is 1 in all rows, so that all of class no are mistakes.
    const report = trainedRun('mlp', dataset, zeroWeights(features, [1]), { options: { hidden: [1] } });
    const { mistakes: found } = await detailsOf(report);
    expect(found).toHaveLength(4);
    expect(found.every(({ values }) => values === undefined)).toBe(true);
    const section = mistakesSection(report, { ...details, mistakes: found, mistakesInAll: 4 });
    const lines = plainText(await readableHtml(section.text)).split('\n');
    expect(lines[1]).toBe('where id price city predicted with is');
    for (const line of lines.slice(2)) {
      expect(line).toMatch(/^line (\d+) 00\d+ 0\.50 (Bonn|Ulm &lt;3) yes 73\.11 % no$/);
      const [, place, id] = line.split(' ');
      expect(Number(id)).toBe(Number(place) - 2);
    }
  });

  test('of a number to be predicted, the first twenty columns of many', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `c${i}`);
    const rows = Array.from({ length: 15 }, (_, i) =>
      [...names.map((_, k) => `${i + k / 10}0`), `${i}.25`].join(),
    );
    const dataset = datasetOf([[...names, 'answer'].join(), ...rows].join('\n'), { dropColumns: [] });
    const report = trainedRun('mlp', dataset, zeroWeights(25, [0]), { options: { hidden: [1] } });
    const text = plainText(await bodyOf(await runReport(report, {})));
    expect(text).toContain('the first 20 of 25 columns, as written');
    expect(text).toContain(`where ${names.slice(0, 20).join(' ')} true predicted predicted − true`);
    const worst = text.split('\n').flatMap((line) => /^a\.csv, line (\d+) \d+ (\d+)\.10 /.exec(line) ?? []);
    expect(worst).toHaveLength(9);
    [0, 3, 6].forEach((at) => expect(Number(worst[at + 2])).toBe(Number(worst[at + 1]) - 2));
  });
});

test('mistakes that are pictures are shown', async () => {
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  );
  const of = { ...mistake, picture };
  const files = ['a/1.png', 'a/2.png'];
  expectLines(
    await mistakes(files.map((file) => ({ ...of, origin: { file, place: '' } }))),
    files.map((file) => `98.77 % dog, is cat (${file})`),
  );
});

test('gradients: what is not known is a dash', async () => {
  const norms = { name: 'weights', shape: [2, 3], before: 1.23456789, after: 0.5, size: 12 };
  const section = (gradientRows: number) =>
    readableHtml(
      gradientSection({ gradientRows, gradientNorms: [norms, { ...norms, before: undefined }] }).text,
    );
  expect(await section(40)).toContain('on the first 40 training rows. A layer');
  expectLines(await section(40), [
    'parameter shape gradient before training after parameter after',
    'weights 2×3 1.2346 0.50000 12.000',
    'weights 2×3 — 0.50000 12.000',
  ]);
  expect(await section(1)).toContain('on the first training row. A layer');
});

const metrics = {
  ...{ loss: 0.25, accuracy: 0.75, logLoss: 0.5, brierScore: 0.125 },
  confusionMatrix: [
    [3, 1],
    [0, 0],
  ],
  perClass: [
    { precision: 1, recall: 0.75, f1: 0.8, support: 4 },
    { precision: 0, recall: 0.5, f1: 0.25, support: 0 },
  ],
  macro: { precision: 0.5, recall: 0.625, f1: 0.4 },
  weighted: { precision: 0.9, recall: 0.7, f1: 0.6 },
} satisfies Metrics;

test('scores: a column for each split, a row for each figure that one of them has', async () => {
  const rows = { train: 4, validation: 1, test: 2 };
  const test = { ...metrics, rocAuc: 0.875, averagePrecision: 0.5 };
  const scored = scoresTable({ train: metrics, validation: metrics, test }, rows, 'dogs');
  expectLines(await readableHtml(scored.text), [
    'area and average precision: how well dogs rows are put before the others',
    'training, 4 rows validation, 1 row test, 2 rows',
    'accuracy 75.00 % 75.00 % 75.00 %',
    'loss 0.25000 0.25000 0.25000',
    'log loss, nats 0.50000 0.50000 0.50000',
    'Brier score 0.12500 0.12500 0.12500',
    'area under the ROC curve — — 0.87500',
    'average precision — — 0.50000',
    'macro recall 62.50 % 62.50 % 62.50 %',
    'weighted precision 90.00 % 90.00 % 90.00 %',
  ]);
  expect(
    await readableHtml(scoresTable({ train: metrics, test: metrics }, rows, undefined).text),
  ).not.toMatch(/validation|figcaption|ROC/);
  const numbers = { loss: 0.5, r2: 0.75, rmse: 2, mae: 1.5 } as unknown as Metrics;
  const ofNumbers = scoresTable({ train: numbers, test: numbers }, rows, undefined);
  expectLines(await readableHtml(ofNumbers.text), [
    ...['R² 0.75000 0.75000', 'root mean squared error 2.0000 2.0000'],
    ...['mean absolute error 1.5000 1.5000', 'loss 0.50000 0.50000'],
  ]);
});

test('classes and confusion: shaded by the share of the actual class', async () => {
  expectLines(await readableHtml(classTable(metrics, ['cat', 'dog']).text), [
    ...['class precision recall F1 rows', 'cat 100.00 % 75.00 % 80.00 % 4', 'dog 0.00 % 50.00 % 25.00 % 0'],
  ]);
  const confusion = confusionTable(metrics, ['cat', 'dog']).text;
  expectLines(await readableHtml(confusion), ['cat dog', 'cat 3 1', 'dog 0 0']);
  // The square roots of ¾ and ¼: small shares can be told from none.
  expect(confusion.match(/--share:[\d.]+/g)).toEqual(
    ['0.866', '0.500', '0.000', '0.000'].map((share) => `--share:${share}`),
  );
});

test('tables: words stand left, cells may be shaded, marked and told of; what there is not is a dash', async () => {
  const { text } = table({
    kind: 'matrix',
    columns: ['', { words: 'where' }, 'number'],
    rows: [
      ['a', 'here', 1],
      [{ content: 'b' }, undefined, { content: 0, share: 0.25, kind: 'best', note: 'a <note>' }],
      ['c', false, { content: undefined }],
    ],
  });
  expectLines(await readableHtml(text), ['where number', 'a here 1', 'b — 0', 'c — —']);
  expect(text.replace(/\s+/g, ' ')).toContain(
    '<td class="best shaded" style="--share:0.250" title="a &lt;note&gt;" > 0 </td>',
  );
  const definitions = definitionTable([
    ['yes or no', true],
    ['or', false],
    ['nothing', undefined],
    ['count', 0],
  ]);
  expect(plainText(await readableHtml(definitions.text))).toBe('yes or no yes\nor no\ncount 0');
});

test('a heat map as a table', async () => {
  const map = {
    title: 'accuracy',
    rows: ['8', '16'],
    columns: ['0.1', '1'],
    cells: [
      [50, 75],
      ['failed', 100],
    ],
  };
  expectLines(await readableHtml(heatTable({ ...map, rowName: 'hidden', columnName: 'rate' }).text), [
    ...['accuracy', 'hidden ↓, rate → 0.1 1', '8 50.00 75.00', '16 failed 100.00'],
  ]);
  const corner = (rowName: string, columnName: string) =>
    /<th scope="col" class="">([^<]*)</.exec(heatTable({ ...map, rowName, columnName }).text)![1];
  expect([corner('hidden', 'rate'), corner('hidden', ''), corner('', 'rate')]).toEqual([
    'hidden ↓, rate →',
    'hidden',
    'rate →',
  ]);
});

test('figures carry their whole value, short ones five digits', () => {
  expect(figure('metrics.test.loss', 0.123456789, '0.12').text).toBe(
    '<data data-figure="metrics.test.loss" value="0.123456789">0.12</data>',
  );
  const shown = [0.123456789, 1e-9, 12, NaN, Infinity].map(short).join(' ');
  expect(shown).toBe('0.12346 1.0000e-9 12.000 — —');
  expect(png(Uint8Array.of(1, 2, 3), 'a "picture"', 'wide').text.replace(/\s+/g, ' ')).toBe(
    '<img class="wide" alt="a &quot;picture&quot;" src="data:image/png;base64,AQID" />',
  );
  expect(html`${undefined}${false}${0}${''}`.text).toBe('0');
});

interface EmbeddedChart {
  series: { name: string; color: number; notes?: (string | null)[] }[];
  data: (number | null)[][];
}

const spec = { title: 'c', x: { label: 'x' }, y: { label: 'y' } };
const embedded = (series: Series[]): EmbeddedChart =>
  JSON.parse(/json">([^]*?)<\/script/.exec(chart({ ...spec, series })!.text)![1]) as EmbeddedChart;
const line = (count: number) => Array.from({ length: count }, (_, i): [number, number] => [i, 2 * i]);

test('a chart without points is left out; a series keeps the color of its place after an empty one', () => {
  const none = { name: 'none', points: [] };
  expect(chart({ ...spec, series: [none] })).toBeUndefined();
  const { series } = embedded([none, { name: 'two', points: line(2) }]);
  expect(series).toEqual([{ name: 'two', color: 1, dash: '' }]);
  expect(swatch(8).text.replace(/\s+/g, ' ')).toContain(
    'style="color: var(--series-1)" stroke-dasharray="7 4"',
  );
});

test('a long curve is thinned evenly to 600 points with their notes, and a short one is not', () => {
  const of = (count: number) => {
    const points = line(count);
    const { data, series } = embedded([{ name: 's', points, notes: points.map(([x]) => `note ${x}`) }]);
    expect(series[0].notes).toEqual(data[0].map((x) => `note ${x}`));
    return data;
  };
  expect(of(3)).toEqual([
    [0, 1, 2],
    [0, 2, 4],
  ]);
  expect(of(600)[1]).toEqual(line(600).map(([, y]) => y));
  // Every second of 1199 points.
  expect(of(1199)[0]).toEqual(line(600).map(([x]) => 2 * x));
  const [xs] = of(5000);
  expect([xs.length, xs[0], xs.at(-1)]).toEqual([600, 0, 4999]);
});

test('series are joined by x, with null where one has no finite value', () => {
  const pairs = (...numbers: number[]): [number, number][] =>
    Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  const later = { points: pairs(3, 7, 1, 5), notes: ['later', 'first'] };
  const { data, notes } = alignSeries([{ points: pairs(1, 10, 2, NaN, 4, 40) }, later]);
  expect(data).toEqual([
    [1, 2, 3, 4],
    [10, null, null, 40],
    [5, null, 7, null],
  ]);
  expect(notes).toEqual([undefined, ['first', null, 'later', null]]);
  // Points of one series with the same x keep their order.
  const steps = { points: pairs(0, 0, 0, 0.5, 1, 0.5, 1, 1) };
  expect(alignSeries([steps, { points: pairs(0, 0, 1, 1) }]).data).toEqual([
    [0, 0, 1, 1],
    [0, 0.5, 0.5, 1],
    [0, null, 1, null],
  ]);
});
