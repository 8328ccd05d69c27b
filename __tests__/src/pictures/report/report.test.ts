import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRequest } from '../../../../scripts/fuzz/example-run.ts';
import { datasets } from '../../../../datasets/index.ts';
import type { Dataset } from '../../../../src/core/data/dataset.ts';
import { models } from '../../../../models/index.ts';
import { useBackend } from '../../../../src/backend/index.ts';
import { chart } from '../../../../src/pictures/report/chart.ts';
import { embeddedJson, html } from '../../../../src/pictures/report/html.ts';
import { mistakesText } from '../../../../src/pictures/report/sections.ts';
import { repeatCommand } from '../../../../src/pictures/report/repeat-command.ts';
import { run } from '../../../../src/runs/run.ts';
import { type RunReport } from '../../../../src/saved/run-facts.ts';
import { zoo } from '../../../helpers/zoo.ts';

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

test('long curves are thinned, their ends kept; nothing is drawn of nothing', () => {
  const points = Array.from({ length: 5000 }, (_, i): [number, number] => [i, i]);
  const made = chart({ title: 't', x: { label: 'x' }, y: { label: 'y' }, series: [{ name: 's', points }] });
  const { series } = JSON.parse(/json">([^]*?)<\/script/.exec(made!.text)![1]) as {
    series: { points: number[][] }[];
  };
  expect(series[0].points).toHaveLength(600);
  expect([series[0].points[0], series[0].points.at(-1)]).toEqual([points[0], points.at(-1)]);
  expect(
    chart({ title: 't', x: { label: 'x' }, y: { label: 'y' }, series: [{ name: 's', points: [] }] }),
  ).toBeUndefined();
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
