/** The parts of reports, each from a few numbers. */
import { expect, test } from '@jest/globals';
import type { Series } from '../../../src/reports/pictures/chart.ts';
import { alignSeries, chart, swatch } from '../../../src/reports/chart.ts';
import {
  type Details,
  type Mistake,
  gradientSection,
  learningSection,
  mistakesSection,
  probabilitySection,
  timePoints,
} from '../../../src/reports/sections.ts';
import { figure, html, png, short, definitionTable, heatTable, table } from '../../../src/reports/html.ts';
import { classTable, confusionTable, scoresTable } from '../../../src/reports/scores.ts';
import type { Metrics } from '../../../src/evaluation/metrics.ts';
import type { EpochRecord } from '../../../src/training/types.ts';
import type { RunReport } from '../../../src/weights/run-record.ts';
import { readableHtml } from '../../helpers/outline.ts';

const reportWith = (facts: object) => facts as unknown as RunReport;

test('time is that of an epoch, over the epochs since the record before', () => {
  const history = [
    { epoch: 2, loss: 1, seconds: 3 },
    { epoch: 3, loss: 1, seconds: 4 },
    { epoch: 7, loss: 1, seconds: 6 },
  ];
  expect(timePoints(history)).toEqual([
    [2, 1500],
    [3, 1000],
    [7, 500],
  ]);
});

test('learning: loss, accuracy where there is one, time; a sentence where nothing was recorded', async () => {
  const section = (history: EpochRecord[]) =>
    readableHtml(learningSection(reportWith({ result: { history } })).text);
  const record = { epoch: 1, loss: 0.5, seconds: 2 };
  expect(await section([{ ...record, accuracy: 0.75, validationLoss: 0.6 }])).toMatchSnapshot();
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
  expect(await section('binary', details)).toMatchSnapshot();
  expect(await section('multiclass', details)).toMatchSnapshot();
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
  expect(await mistakes([mistake])).toMatchSnapshot();
  expect(await mistakes([of('a.csv', 'line 3'), of('a.csv', 'line 9')], 7)).toMatchSnapshot();
  expect(await mistakes([of('a.csv', 'line 3'), of('b.csv', 'line 9'), of('c.png', '')])).toMatchSnapshot();
});

test('mistakes that are pictures are shown', async () => {
  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
    'base64',
  );
  const of = { ...mistake, picture };
  expect(
    await mistakes([
      { ...of, origin: { file: 'a/1.png', place: '' } },
      { ...of, origin: { file: 'a/2.png', place: '' } },
    ]),
  ).toMatchSnapshot();
});

test('gradients: what is not known is a dash', async () => {
  const norms = { name: 'weights', shape: [2, 3], before: 1.23456789, after: 0.5, size: 12 };
  const section = (gradientRows: number) =>
    readableHtml(
      gradientSection({ gradientRows, gradientNorms: [norms, { ...norms, before: undefined }] }).text,
    );
  expect(await section(40)).toMatchSnapshot();
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
  expect(
    await readableHtml(scoresTable({ train: metrics, validation: metrics, test }, rows, 'dogs').text),
  ).toMatchSnapshot();
  expect(
    await readableHtml(scoresTable({ train: metrics, test: metrics }, rows, undefined).text),
  ).not.toMatch(/validation|figcaption|ROC/);
  const numbers = { loss: 0.5, r2: 0.75, rmse: 2, mae: 1.5 } as unknown as Metrics;
  expect(
    await readableHtml(scoresTable({ train: numbers, test: numbers }, rows, undefined).text),
  ).toMatchSnapshot();
});

test('classes and confusion: shaded by the share of the actual class', async () => {
  expect(await readableHtml(classTable(metrics, ['cat', 'dog']).text)).toMatchSnapshot();
  expect(await readableHtml(confusionTable(metrics, ['cat', 'dog']).text)).toMatchSnapshot();
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
  expect(await readableHtml(text)).toMatchSnapshot();
  const definitions = definitionTable([
    ['yes or no', true],
    ['or', false],
    ['nothing', undefined],
    ['count', 0],
  ]);
  expect(await readableHtml(definitions.text)).toMatchSnapshot();
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
  expect(
    await readableHtml(heatTable({ ...map, rowName: 'hidden', columnName: 'rate' }).text),
  ).toMatchSnapshot();
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
  expect([0.123456789, 1e-9, 12, NaN, Infinity].map(short)).toEqual([
    '0.12346',
    '1.0000e-9',
    '12.000',
    '—',
    '—',
  ]);
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

test('a series keeps the color of its place when an empty one before it is left out', () => {
  const { series } = embedded([
    { name: 'none', points: [] },
    { name: 'two', points: line(2) },
  ]);
  expect(series).toEqual([{ name: 'two', color: 1, dash: '' }]);
  expect(swatch(8).text.replace(/\s+/g, ' ')).toContain(
    'style="color: var(--series-1)" stroke-dasharray="7 4"',
  );
});

test('a chart without points is left out', () => {
  expect(chart({ ...spec, series: [{ name: 'none', points: [] }] })).toBeUndefined();
});

test('a long curve is thinned evenly to 600 points with their notes, and a short one is not', () => {
  const of = (count: number) => {
    const points = line(count);
    const { data, series } = embedded([{ name: 's', points, notes: points.map(([x]) => `note ${x}`) }]);
    expect(series[0].notes).toEqual(data[0].map((x) => `note ${x}`));
    return data;
  };
  expect(of(600)[1]).toEqual(line(600).map(([, y]) => y));
  // Every second of 1199 points.
  expect(of(1199)[0]).toEqual(line(600).map(([x]) => 2 * x));
  const [xs] = of(5000);
  expect([xs.length, xs[0], xs.at(-1)]).toEqual([600, 0, 4999]);
});

test('series are joined by x, with null where one has no finite value', () => {
  const aligned = alignSeries([
    {
      points: [
        [1, 10],
        [2, NaN],
        [4, 40],
      ],
    },
    {
      points: [
        [3, 7],
        [1, 5],
      ],
      notes: ['later', 'first'],
    },
  ]);
  expect(aligned).toEqual({
    data: [
      [1, 2, 3, 4],
      [10, null, null, 40],
      [5, null, 7, null],
    ],
    notes: [undefined, ['first', null, 'later', null]],
  });
});

test('points of one series with the same x keep their order', () => {
  const steps = {
    points: [
      [0, 0],
      [0, 0.5],
      [1, 0.5],
      [1, 1],
    ] as [number, number][],
  };
  const diagonal = {
    points: [
      [0, 0],
      [1, 1],
    ] as [number, number][],
  };
  expect(alignSeries([steps, diagonal]).data).toEqual([
    [0, 0, 1, 1],
    [0, 0.5, 0.5, 1],
    [0, null, 1, null],
  ]);
});
