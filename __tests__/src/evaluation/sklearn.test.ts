/**
 * Every metric against scikit-learn 1.2.1, on the cases of `fixtures/sklearn-metrics.json`, which this made:
 *
 * ```python
 * import json, numpy as np
 * from sklearn import __version__
 * from sklearn.metrics import *
 * from sklearn.calibration import calibration_curve
 *
 * def scores(y, p, k):
 *     P, R, F, S = precision_recall_fscore_support(y, p, labels=range(k), zero_division=0)
 *     averages = {a: precision_recall_fscore_support(y, p, average=a, zero_division=0)[:3] for a in ('macro', 'weighted')}
 *     return dict(accuracy=accuracy_score(y, p), confusionMatrix=confusion_matrix(y, p, labels=range(k)).tolist(),
 *                 perClass=np.transpose([P, R, F, S]).tolist(), **averages)
 *
 * def binary(name, y, q):
 *     y, q = np.array(y), np.array(q)
 *     fpr, tpr, t = roc_curve(y, q, drop_intermediate=False) if 0 < y.sum() < len(y) else (None,) * 3
 *     precision, recall, _ = precision_recall_curve(y, q)
 *     happened, predicted = calibration_curve(y, q, n_bins=10) if 0 < y.sum() < len(y) else (None,) * 2
 *     known = lambda a: None if a is None else a.tolist()
 *     return dict(name=name, labels=y.tolist(), probabilities=q.tolist(), **scores(y, q > .5, 2),
 *                 rocAuc=None if fpr is None else roc_auc_score(y, q), falsePositiveRate=known(fpr), truePositiveRate=known(tpr),
 *                 averagePrecision=average_precision_score(y, q), precision=precision[::-1].tolist(), recall=recall[::-1].tolist(),
 *                 logLoss=log_loss(y, q, labels=[0, 1]), brierScore=brier_score_loss(y, q, pos_label=1),
 *                 happened=known(happened), predicted=known(predicted))
 *
 * def multiclass(name, y, q):
 *     y, q = np.array(y), np.array(q)
 *     return dict(name=name, labels=y.tolist(), probabilities=q.ravel().tolist(), classes=q.shape[1], **scores(y, q.argmax(1), q.shape[1]),
 *                 logLoss=log_loss(y, q, labels=range(q.shape[1])), brierScore=np.mean(np.sum((q - np.eye(q.shape[1])[y]) ** 2, 1)))
 *
 * r = np.random.RandomState(7)
 * y = r.randint(0, 2, 200)
 * noisy = np.clip(.5 + .25 * (2 * y - 1) + .3 * r.randn(200), 0, 1)
 * softmax = lambda z: np.exp(z) / np.exp(z).sum(1, keepdims=True)
 * y4 = r.choice([0, 1, 3], 120)
 * json.dump(dict(sklearn=__version__, cases=[
 *     binary('noisy, certain at times', y, noisy),
 *     binary('ties', y, np.round(noisy, 1)),
 *     binary('one score for all', y, np.full(200, .3)),
 *     binary('perfect', [0, 0, 1, 1], [.1, .2, .8, .9]),
 *     binary('all the wrong way round', [1, 1, 0, 0], [.1, .2, .8, .9]),
 *     binary('no row of class 1', [0, 0, 0], [.1, .6, .6]),
 *     binary('no row of class 0', [1, 1, 1], [.1, .6, .6]),
 *     multiclass('four classes', r.randint(0, 4, 150), softmax(r.randn(150, 4))),
 *     multiclass('a class without rows that is predicted', y4, softmax(r.randn(120, 4) + 2 * np.eye(4)[y4])),
 *     multiclass('a class that nobody has or predicts', [0, 1, 0, 1], [[.8, .1, .1], [.2, .7, .1], [.4, .5, .1], [.1, .9, 0]]),
 * ]), open('__tests__/fixtures/sklearn-metrics.json', 'w'))
 * ```
 */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { addBrierScore, addLogLoss, calibrationOf } from '../../../src/evaluation/probability.ts';
import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from '../../../src/evaluation/ranking.ts';
import {
  accuracyOf,
  confusionMatrixOf,
  averageScoresOf,
  classScoresOf,
} from '../../../src/evaluation/metrics.ts';

interface Case {
  name: string;
  labels: number[];
  probabilities: number[];
  classes?: number;
  accuracy: number;
  confusionMatrix: number[][];
  perClass: number[][];
  macro: number[];
  weighted: number[];
  logLoss: number;
  brierScore: number;
  rocAuc?: number | null;
  averagePrecision: number;
  falsePositiveRate: number[] | null;
  truePositiveRate: number[] | null;
  precision: number[];
  recall: number[];
  happened: number[] | null;
  predicted: number[] | null;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/sklearn-metrics.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

function expectClose(ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
  expect(ours).toHaveLength(theirs.length);
  Array.from(theirs, (value, i) => expect(Math.abs(ours[i] - value)).toBeLessThan(1e-13));
}

/** The most probable class of each row, as the fixture's own lines choose it. */
function predictedBy({ probabilities, classes }: Case): number[] {
  if (!classes) return probabilities.map((p) => (p > 0.5 ? 1 : 0));
  return Array.from({ length: probabilities.length / classes }, (_, row) => {
    const ofRow = probabilities.slice(row * classes, (row + 1) * classes);
    return ofRow.indexOf(Math.max(...ofRow));
  });
}

test.each(cases)('classes and probabilities: $name', (given) => {
  const { labels, classes = 2 } = given;
  const predicted = predictedBy(given);
  const matrix = confusionMatrixOf(predicted, labels, classes);
  expect(matrix).toEqual(given.confusionMatrix);
  expectClose([accuracyOf(predicted, labels)], [given.accuracy]);
  const ours = classScoresOf(matrix);
  ours.forEach(({ precision, recall, f1, support }, k) =>
    expectClose([precision, recall, f1, support], given.perClass[k]),
  );
  const { macro, weighted } = averageScoresOf(matrix);
  expectClose([macro.precision, macro.recall, macro.f1], given.macro);
  expectClose([weighted.precision, weighted.recall, weighted.f1], given.weighted);
  const probabilities = Float64Array.from(given.probabilities);
  const outputs = given.classes ?? 1;
  expectClose(
    [addLogLoss, addBrierScore].map((add) => add(0, probabilities, labels, outputs) / labels.length),
    [given.logLoss, given.brierScore],
  );
});

describe.each(cases.filter(({ classes }) => !classes))('binary: $name', (given) => {
  const { labels, probabilities } = given;

  test('receiver operating characteristic', () => {
    const curve = rocCurve(probabilities, labels);
    if (given.rocAuc == null) {
      expect(curve).toBeUndefined();
      expect(rocAuc(probabilities, labels)).toBeUndefined();
      return;
    }
    expectClose([rocAuc(probabilities, labels)!], [given.rocAuc]);
    expectClose(
      curve!.map(({ falsePositiveRate }) => falsePositiveRate),
      given.falsePositiveRate!,
    );
    expectClose(
      curve!.map(({ truePositiveRate }) => truePositiveRate),
      given.truePositiveRate!,
    );
  });

  test('precision and recall', () => {
    const curve = precisionRecallCurve(probabilities, labels);
    expectClose([averagePrecision(probabilities, labels)], [given.averagePrecision]);
    expectClose(
      curve.map(({ precision }) => precision),
      given.precision,
    );
    expectClose(
      curve.map(({ recall }) => recall),
      given.recall,
    );
  });

  test('calibration', () => {
    if (!given.happened) return;
    const bins = calibrationOf(probabilities, labels);
    expectClose(
      bins.map(({ happened }) => happened),
      given.happened,
    );
    expectClose(
      bins.map(({ predicted }) => predicted),
      given.predicted!,
    );
    expect(bins.reduce((sum, { rows }) => sum + rows, 0)).toBe(labels.length);
  });
});

/** np.searchsorted(np.linspace(0, 1, 11)[1:-1], p), by which scikit-learn finds a probability's bin. */
test.each([
  [0, 0],
  [0.1, 0],
  [0.3, 2],
  [0.30000000000000004, 2],
  [0.3000000000000001, 3],
  [0.6000000000000001, 5],
  [0.7, 6],
  [0.7000000000000001, 6],
  [1, 9],
])('calibration puts %p into bin %i', (probability, bin) => {
  const middles = Array.from({ length: 10 }, (_, i) => i / 10 + 0.05);
  const rows = calibrationOf([...middles, probability], new Array<number>(11).fill(1)).map(
    ({ rows }) => rows,
  );
  expect(rows.indexOf(2)).toBe(bin);
});

test('scores that are no numbers end no curve in an endless loop, and rank last', () => {
  expect(rocAuc([NaN, 0.5, NaN, 0.1], [1, 1, 0, 0])).toBe(0.625);
  expect(calibrationOf([NaN, 0.55], [1, 1])).toEqual([{ predicted: 0.55, happened: 1, rows: 1 }]);
});
