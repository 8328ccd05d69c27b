import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRequest } from '../../helpers/example-run.ts';
import { datasets } from '../../../datasets/index.ts';
import type { Dataset } from '../../../src/data/dataset.ts';
import { models } from '../../../models/index.ts';
import sharp from 'sharp';
import { dataFromRows } from '../../../src/data/data-from-rows.ts';
import { colorStrip, rasterPng } from '../../../src/reports/pictures/raster.ts';
import { detailsOf, gradientNorms, mistakesText } from '../../../src/reports/sections.ts';
import { runReport, repeatCommand } from '../../../src/reports/run-report.ts';
import { readableHtml } from '../../helpers/outline.ts';
import { trainedRun } from '../../helpers/trained.ts';
import { useBackend } from '../../../src/backend/index.ts';
import { compareReport } from '../../../src/reports/compare-report.ts';
import { embeddedJson, html } from '../../../src/reports/html.ts';
import { tf } from '../../../src/utils/tf.ts';
import { run } from '../../../src/runs/run.ts';
import { type RunReport } from '../../../src/weights/run-record.ts';
import { zoo } from '../../helpers/zoo.ts';

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
  expect(
    [
      [0, 0],
      [1, 1],
      [2, 2],
      [24, 24],
      [25, 24],
      [9, 1],
    ].map(([all, shown]) => mistakesText(all, shown)),
  ).toEqual([
    'Every test row is classified rightly.',
    '1 test row is classified wrongly:',
    '2 test rows are classified wrongly, the surest first:',
    '24 test rows are classified wrongly, the surest first:',
    '25 test rows are classified wrongly; the 24 of which the model is surest:',
    '9 test rows are classified wrongly; the one of which the model is surest:',
  ]);
  expect(mistakesText(1, 1, 'table.csv')).toBe('1 test row is classified wrongly, from table.csv:');
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
    for (const heading of ['Learning curves', 'Scores', 'Decision boundary', 'Gradients', 'Repeat']) {
      expect(text).toContain(`<h2>${heading}</h2>`);
    }
  });

  test('names the gate, the positive class, and the file and line of each mistake', async () => {
    const { recipe, ...request } = exampleRequest('adam');
    // Too short to learn anything: rows are wrong.
    const short = { ...recipe, epochs: 1, learningRate: 1e-6 };
    const rowsOf =
      (name: string): Dataset['load'] =>
      async (data) => {
        const loaded = await datasets['logic-gates'].load(data);
        const origin = (row: number) => ({ file: name, place: `line ${2 * row + 7}` });
        return { ...loaded, classNames: ['malignant', 'benign'], test: { ...loaded.test, origin } };
      };
    const dataset = await rowsOf('rows.csv')({ ...request.data, options: request.options });
    await run({ ...request, recipe: short, dataset, out: out('named') });
    const text = textOf('named').replace(/\s+/g, ' ');
    expect(text).toContain('<h1>gate (and)</h1>');
    expect(text).toContain('The positive class is <b>benign</b>');
    for (const what of [
      'Receiver operating characteristic of benign',
      'Precision and recall of benign',
      'is it benign',
    ]) {
      expect(text).toContain(what);
    }
    expect(text).toMatch(/test rows? (is|are) classified wrongly.*, from rows.csv:/);
    const places = [...text.matchAll(/<th scope="row">line (\d+)<\/th>/g)].map(
      ([, line]) => (Number(line) - 7) / 2,
    );
    const { metrics } = JSON.parse(readFileSync(join(out('named'), 'run.json'), 'utf8')) as {
      metrics: { test: { confusionMatrix: number[][]; probabilities: number[] } };
    };
    const labels = Array.from(dataset.test.labels);
    const wrong = labels.flatMap((label, row) =>
      Number(metrics.test.probabilities[row] > 0.5) === label ? [] : [row],
    );
    expect(places.sort()).toEqual(wrong);
    expect(wrong.length).toBeGreaterThan(0);
    expect(readFileSync(join(out('named'), 'learning-curve.svg'), 'utf8')).toContain('gate (and)');
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
    const { code } = await zoo(
      ['train', 'gate', '--epochs', '5', '--backend', 'cpu', '--no-report', '--out', 'bare'],
      {
        cwd: directory,
      },
    );
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
    expect(await bodyOf(await runReport(trainedRun('gate', await gates(), weights), {}))).toMatchSnapshot();
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
    const [head, ...sections] = text.split('\n<h2>');
    const shown = sections.filter(
      (section) => !/^(Learning|Scores|Probab|Classes|Gradients|Most)/.test(section),
    );
    expect([head, ...shown].join('\n')).toMatchSnapshot();
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
    expect(text.slice(text.indexOf('<h2>Predictions'), text.indexOf('<h2>Gradients'))).toMatchSnapshot();
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
    const report = trainedRun(
      'softmax',
      { ...rows, preprocessing: image },
      { weights: [[4, 3], eye], bias: [[3], [0, 0, 0]] },
    );
    const { mistakes, mistakesInAll, calibration, roc } = await detailsOf(report);
    expect([mistakesInAll, mistakes.length, roc]).toEqual([30, 24, undefined]);
    expect(mistakes.map(({ row }) => row)).toEqual(Array.from({ length: 24 }, (_, i) => 30 - i));
    const z = Math.exp(4 * (0.5 + 29 / 60));
    expect(mistakes[0]).toMatchObject({
      actual: 2,
      predicted: 0,
      probability: expect.closeTo(z / (z + 2), 6) as unknown,
    });
    expect(mistakes[0].values).toBeUndefined();
    const pixels = await sharp(mistakes[0].picture).greyscale().raw().toBuffer();
    expect(Array.from(pixels)).toEqual([Math.round(255 * (0.5 + 29 / 60)), 0, 0, 0]);
    expect(
      calibration.map(({ rows, happened }) => [rows, happened]).reduce((sum, [count]) => sum + count, 0),
    ).toBe(30);
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
  expect(await of([one, two], ['rate'])).toMatchSnapshot();
  const captions = async (...runs: object[]) =>
    /<figcaption>(.*?)<\/figcaption>/.exec(await of(runs, []))![1];
  expect([await captions(one, two), await captions(one, two, other), await captions(one, other)]).toEqual([
    'shaded: the best of each column; losses, which hold each model’s own penalty, are not ranked',
    'shaded: the best of the runs on the same data; losses, which hold each model’s own penalty, are not ranked',
    'no two runs were tested on the same rows: they are not ranked',
  ]);
  const mixed = await of([one, two, other, compared('four', 0.5, regression)], []);
  expect(mixed).toContain('<h1>4 runs of gate (or), mnist</h1>');
  expect(mixed.slice(mixed.indexOf('<tbody>'), mixed.indexOf('</tbody>'))).toMatchSnapshot();
  expect(mixed).toContain('all runs have the same settings');
  expect(await of([two], [])).not.toContain('<h2>Pictures');
  // Of three megabytes each two fit a page.
  writeFileSync(join(folder, 'one', 'weights.png'), Buffer.alloc(3_000_000));
  for (const name of ['weights', 'feature-maps', 'decision-boundary'])
    writeFileSync(join(folder, 'two & a half', `${name}.png`), Buffer.alloc(2_999_000));
  const { text } = {
    text: await compareReport({ runs: [one, two], differing: [] } as never, join(folder, 'c.html')),
  };
  expect(Array.from(text.matchAll(/alt="([^"]*)"/g), ([, alt]) => alt)).toEqual([
    'one: decision boundary',
    'one: weights',
    'two &amp; a half: decision boundary',
  ]);
  rmSync(folder, { recursive: true });
});

test('the command repeats what differs from the defaults, fit for a shell', () => {
  const { recipe } = models['breast-cancer'];
  const report = {
    request: {
      ...exampleRequest('adam'),
      entry: models['breast-cancer'],
      options: { units: 5, l1: 0, l2: 0.01, init: 'ones' },
      asPrinted: true,
      recipe: { ...recipe, learningRate: 0.5 },
      data: { ...exampleRequest('adam').data, dataDir: "/my data/it's" },
    },
    dataset: { source: 'dir', files: [{ name: 'breast_cancer.csv' }] },
  } as unknown as RunReport;
  expect(repeatCommand(report)).toBe(
    'zoo train breast-cancer --units 5 --learning-rate 0.5 --as-printed --gradients manual --backend cpu ' +
      `--seed 42 --record-every 1 --data dir --data-dir '/my data/it'\\''s'`,
  );
});

test('a command names the file of a model, where it started, and data of one’s own or of the stand-in', () => {
  const request = {
    ...exampleRequest('adam'),
    entry: { ...models['breast-cancer'], file: { path: './my model.ts' } },
    recipe: models['breast-cancer'].recipe,
  };
  const of = (change: object, dataset: object) =>
    repeatCommand({
      request: { ...request, options: {}, ...change },
      dataset: { source: 'cache', files: [], ...dataset },
    } as unknown as RunReport);
  const rest = `--gradients manual --backend cpu --seed ${request.recipe.seed} --record-every 1`;
  expect(of({}, {})).toBe(`zoo train './my model.ts' ${rest}`);
  expect(of({ start: { file: 'a.json' } }, { own: { file: 'b.csv', target: 'y' }, source: 'dir' })).toBe(
    `zoo train './my model.ts' --start-from a.json ${rest} --data-file b.csv --target y`,
  );
  expect(of({}, { standIn: 'drawn' })).toBe(`zoo train './my model.ts' ${rest} --data built-in`);
  expect(of({ data: { dataDir: 'd' } }, { source: 'dir', files: [{}] })).toBe(
    `zoo train './my model.ts' ${rest} --data dir --data-dir d`,
  );
  expect(of({ data: {} }, { source: 'dir', files: [{}] })).toBe(`zoo train './my model.ts' ${rest}`);
  expect(of({ data: { dataDir: 'd' } }, {})).toBe(`zoo train './my model.ts' ${rest}`);
});

test('what only a program has is not repeated by a command', () => {
  const request = { ...exampleRequest('adam'), entry: models['breast-cancer'] };
  const of = (change: object) =>
    repeatCommand({
      request: { ...request, ...change },
      dataset: { source: 'dir', files: [] },
    } as unknown as RunReport);
  expect(of({})).toBeUndefined();
  const spirals = { ...models['breast-cancer'], name: 'spirals' };
  const ofFile = { request: { ...request, entry: spirals }, dataset: { source: 'dir', files: [{}] } };
  expect(repeatCommand(ofFile as unknown as RunReport)).toBeUndefined();
});
