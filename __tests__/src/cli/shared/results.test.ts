import { expect, test } from '@jest/globals';
import {
  metricsText,
  predictionCsv,
  predictionTable,
  rank,
  baselineWarning,
  overfittingWarning,
  positiveWarning,
  tableWithPredictions,
} from '../../../../src/cli/shared/results.ts';
import { readCsvTable } from '../../../../src/data/formats/csv.ts';
import { type Metrics, Tally } from '../../../../src/evaluation/metrics.ts';
import type { Model } from '../../../../src/model/model.ts';
import { drawGrey } from '../../../../src/cli/shared/prediction-inputs.ts';
import type { RunReport } from '../../../../src/weights/run-record.ts';
import { models } from '../../../../models/index.ts';

function metricsOf(
  loss: number,
  logits: Float64Array,
  labels: number[],
  task: Model['task'],
  classes: number,
) {
  const tally = new Tally(task, labels.length, classes);
  tally.add(logits, Uint8Array.from(labels));
  return { loss, ...tally.metrics() } satisfies Metrics;
}

const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

test('a binary model: every metric, in lines of at most 80 columns', () => {
  const labels = [0, 0, 1, 1, 1];
  const metrics = metricsOf(0.5, Float64Array.of(-2, 1, 2, 3, -1), labels, 'binary', 2);
  const text = metricsText(metrics, ['-5 ≤ x1 ≤ 5', 'x1 < -5 or x1 > 5, or whatever else a name may be'], 5);
  expect(text).toMatchInlineSnapshot(`
   "test accuracy 60.00 % of 5 rows, loss 0.50000
   baseline 60.00 % (always x1 < -5 or x1 > 5, or whateve…, the most frequent)
   log loss 0.58579 nats, Brier score 0.21991
   average precision 0.91667, ROC AUC 0.83333
   positive class x1 < -5 or x1 > 5, or whateve… (above probability 0.5)

   class                           precision   recall       F1  rows
   -5 ≤ x1 ≤ 5                       50.00 %  50.00 %  50.00 %     2
   x1 < -5 or x1 > 5, or whateve…    66.67 %  66.67 %  66.67 %     3
   macro average                     58.33 %  58.33 %  58.33 %     5
   weighted average                  60.00 %  60.00 %  60.00 %     5

   confusion matrix (rows: actual, columns: predicted)
                                        0     1
                     0: -5 ≤ x1 ≤ 5     1     1
     1: x1 < -5 or x1 > 5, or what…     1     2"
  `);
  expect(widest(text)).toBeLessThanOrEqual(80);
});

test('many classes: a matrix that is too wide is not printed', () => {
  const classes = 20;
  const logits = Float64Array.from({ length: classes * classes }, (_, i) => Number(i % (classes + 1) === 0));
  const labels = Array.from({ length: classes }, (_, k) => k);
  const metrics = metricsOf(1, logits, labels, 'multiclass', classes);
  const text = metricsText(metrics, labels.map(String), classes);
  expect(text).toContain('too wide to print');
  expect(text).not.toContain('ROC');
  expect(widest(text)).toBeLessThanOrEqual(80);
});

const classNames = ['cat', 'dog', 'cow'];
const predictions = [
  { label: 'dog', probabilities: [0.25, 0.5, 0.25] },
  { label: 'cow', probabilities: [0.1, 0.2, 0.7] },
];
const row = (input: string) => ({ input, values: new Float64Array(1) });

test('ranks the requested number of classes by probability, equal ones in the order of classes', () => {
  const ranked = rank(predictions, classNames, 2);
  expect(ranked[0]).toEqual({
    ...predictions[0],
    top: [
      { label: 'dog', probability: 0.5 },
      { label: 'cat', probability: 0.25 },
    ],
  });
  expect(ranked[1].top.map(({ label }) => label)).toEqual(['cow', 'dog']);
  expect(rank(predictions, classNames, 3)[1].top).toHaveLength(3);
});

test('a threshold must be exceeded for the second of two classes', () => {
  const labels = (threshold?: number) =>
    rank(
      [0.2, 0.5, 0.8].map((p) => ({ label: p > 0.5 ? '1' : '0', probabilities: [1 - p, p] })),
      ['0', '1'],
      2,
      threshold,
    ).map(({ label }) => label);
  expect(labels()).toEqual(['0', '0', '1']);
  expect(labels(0.1)).toEqual(['1', '1', '1']);
  expect(labels(0.5)).toEqual(['0', '0', '1']);
  expect(labels(0.8)).toEqual(['0', '0', '0']);
});

test('the table shows the last forty characters of a long path', () => {
  const shown = (input: string) =>
    predictionTable([row(input)], rank(predictions.slice(0, 1), classNames, 1))
      .split('\n')
      .at(-1)!
      .split('  ')[0];
  const path = `${'a/'.repeat(30)}kitten.png`;
  expect(shown('x'.repeat(40))).toBe('x'.repeat(40));
  expect(shown('y'.repeat(41))).toBe(`…${'y'.repeat(39)}`);
  expect(shown(path)).toHaveLength(40);
  expect(path.endsWith(shown(path).slice(1))).toBe(true);
});

test('CSV contains every probability unrounded', () => {
  const text = predictionCsv([row('a,b.png'), row('c.png')], rank(predictions, classNames, 1), classNames);
  expect(text.trimEnd().split(/\r?\n/)).toEqual([
    'input,label,cat,dog,cow',
    '"a,b.png",dog,0.25,0.5,0.25',
    'c.png,cow,0.1,0.2,0.7',
  ]);
});

test('a table with predictions has every cell as the user wrote it', () => {
  const csv = [
    'id,zip,price,note,when,=formula,more',
    '1234567890123456789,00200,1.50,NA,2024-01-31,=1+1,-0',
    '9007199254740993,1E2,"1,137"," padded ",,+49 30,-x',
    'nan,?,.5,"a ""b"""',
  ];
  const text = `${csv.slice(0, 3).join('\n')}\n${csv[3]},,@,1\n`;
  const table = readCsvTable(new TextEncoder().encode(text), 't.csv', ',');
  const rows = [0, 1, 2].map((at) => ({ ...row(''), from: { table, row: at } }));
  const ranked = rank([...predictions, predictions[0]], classNames, 1);
  const written = tableWithPredictions(rows, ranked, classNames, 'kind').split('\n');
  const said = ['dog,0.25,0.5,0.25', 'cow,0.1,0.2,0.7', 'dog,0.25,0.5,0.25'];
  const names = 'predicted kind,probability of cat,probability of dog,probability of cow';
  expect(written).toEqual([
    ...text
      .trimEnd()
      .split('\n')
      .map((line, i) => `${line},${[names, ...said][i]}`),
    '',
  ]);
});

test('draws one character per two pixels, one above the other, darker for larger values', () => {
  const rows = [
    [0, 0.5, 1, 0],
    [0, 0.5, 1, 1],
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 1],
  ];
  expect(drawGrey(rows.flat(), 4)).toBe(' +@+\n@+');
});

test.each<[string, object, number, string | undefined]>([
  [
    'a learning rate far from its own',
    { learningRate: 1000 },
    0.6,
    '--learning-rate 0.1, the default, instead of 1000',
  ],
  ['too few epochs', { epochs: 1 }, 0.6, 'Try --epochs 6, the default'],
  ['fewer than half of its epochs', { epochs: 2 }, 0.6, 'Try --epochs 6, the default'],
  ['half of its epochs', { epochs: 3 }, 0.6, 'Try another --learning-rate'],
  ['its own settings', {}, 0.6, 'Try another --learning-rate, more --epochs or another --seed.'],
  ['luck', { epochs: 1 }, 0.609, 'Try --epochs'],
  ['something learned', { epochs: 1 }, 0.62, undefined],
])('%s', (_, changed, accuracy, advice) => {
  const definition = models.mnist;
  const report = {
    request: { definition, recipe: { ...definition.recipe, ...changed }, options: {} },
    status: 'complete',
    metrics: {
      train: {
        accuracy,
        confusionMatrix: [
          [60, 0],
          [40, 0],
        ],
      },
    },
  } as unknown as RunReport;
  const hint = baselineWarning(report);
  if (advice === undefined) expect(hint).toBeUndefined();
  else expect(hint).toContain(advice);
  expect(baselineWarning({ ...report, status: 'interrupted' })).toBeUndefined();
});

test('--threshold is named with the positive class', () => {
  const metrics = metricsOf(0.5, Float64Array.of(-2, 1), [0, 1], 'binary', 2);
  const text = metricsText(metrics, ['ok', 'fraud'], 2, 0.9);
  expect(text).toContain('\npositive class fraud (above probability 0.9)\n');
  expect(text).toContain('\nbaseline 50.00 % (always ok, the most frequent)\n');
});

/** A binary run with so many right and wrong rows. */
function runOf(train: [number, number], test: [number, number], more: object = {}): RunReport {
  const split = ([right, wrong]: [number, number]) => ({
    accuracy: right / (right + wrong),
    confusionMatrix: [[right, wrong]],
  });
  return {
    ...{ status: 'complete', request: { definition: models.mlp, recipe: { patience: 0 } } },
    ...{ metrics: { train: split(train), test: split(test) }, result: { validationRows: 0 } },
    ...{ dataset: { train: {}, test: { rows: test[0] + test[1] } }, ...more },
  } as unknown as RunReport;
}

test('warns where training and test scores differ by more than 0.1 and more than chance', () => {
  expect(overfittingWarning(runOf([996, 4], [656, 344]))).toBe(
    'The model overfits: training accuracy 99.60 %, test accuracy 65.60 %. ' +
      'Try --validation 0.2 --patience 20, a larger --l2, a larger --dropout, a smaller --hidden, more rows.',
  );
  expect(overfittingWarning(runOf([95, 5], [90, 10]))).toBeUndefined();
  expect(overfittingWarning(runOf([95, 5], [6, 2]))).toBeUndefined();
  expect(overfittingWarning(runOf([996, 4], [656, 344], { status: 'interrupted' }))).toBeUndefined();
});

test('says of user data without validation rows which options hold some out', () => {
  const own = { dataset: { own: {}, train: {}, test: { rows: 100 } } };
  expect(overfittingWarning(runOf([95, 5], [93, 7], own))).toBe(
    'No rows were held out for validation: --validation 0.2 --patience 20 ends training when other rows no longer improve.',
  );
  const held = { ...own, result: { validationRows: 20 } };
  expect(overfittingWarning(runOf([95, 5], [93, 7], held))).toBeUndefined();
});

test('warns if the second class of user data is the majority and --positive does not say so', () => {
  const dataset = (labels: number[], own?: object) =>
    ({
      own,
      classNames: ['fraud', 'ok'],
      train: { labels: Uint8Array.from(labels), rows: labels.length },
    }) as never;
  expect(positiveWarning(dataset([0, 1, 1, 1], {}))).toBe(
    'The positive class is ok, the second of two and 75 % of the rows: precision, recall and ranking are those of ok. ' +
      'If fraud is to be found, train with --positive fraud.',
  );
  expect(positiveWarning(dataset([0, 1], {}))).toBeUndefined();
  expect(positiveWarning(dataset([0, 1, 1, 1], { positive: 'ok' }))).toBeUndefined();
  expect(positiveWarning(dataset([0, 1, 1, 1]))).toBeUndefined();
});
