import { expect, test } from '@jest/globals';
import { metricsText } from '../../../../src/cli/shared/metrics-text.ts';
import { type Metrics, Tally } from '../../../../src/evaluation/metrics.ts';
import type { Model } from '../../../../src/model/model.ts';

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

test('a binary model: every figure, in lines of at most 80 columns', () => {
  const labels = [0, 0, 1, 1, 1];
  const metrics = metricsOf(0.5, Float64Array.of(-2, 1, 2, 3, -1), labels, 'binary', 2);
  const text = metricsText(metrics, ['-5 ≤ x1 ≤ 5', 'x1 < -5 or x1 > 5, or whatever else a name may be'], 5);
  expect(text).toMatchInlineSnapshot(`
   "test accuracy 60.00 % of 5 rows, loss 0.50000
   log loss 0.58579 nats, Brier score 0.21991
   average precision 0.91667, ROC AUC 0.83333

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

test('many classes: a matrix that is too wide is left to --json', () => {
  const classes = 20;
  const logits = Float64Array.from({ length: classes * classes }, (_, i) => Number(i % (classes + 1) === 0));
  const labels = Array.from({ length: classes }, (_, k) => k);
  const metrics = metricsOf(1, logits, labels, 'multiclass', classes);
  const text = metricsText(metrics, labels.map(String), classes);
  expect(text).toContain('too wide for this page');
  expect(text).not.toContain('ROC');
  expect(widest(text)).toBeLessThanOrEqual(80);
});
