import { isRegression } from '../../evaluation/regression.ts';
import { percent } from '../../utils/text.ts';
import type { RunReport } from '../../weights/run-record.ts';

/** Accuracy that a model may have by luck above that of always giving one answer. */
const luck = 0.01;

/** What to try where a training has taught nothing: a model that is right no more often than one that always says the same. */
export function hintFor({ request, status, metrics }: RunReport): string | undefined {
  if (isRegression(metrics.train)) {
    if (status !== 'complete' || metrics.train.r2 > luck) return undefined;
    return (
      'It has learned nothing: always predicting the mean of the training rows would be as good ' +
      `(R² ${metrics.train.r2.toFixed(4)}). ${adviceOn(request)}`
    );
  }
  const { accuracy, confusionMatrix } = metrics.train;
  const rowsOfClasses = confusionMatrix.map(sum);
  const byOneAnswer = Math.max(...rowsOfClasses) / sum(rowsOfClasses);
  if (status !== 'complete' || accuracy > byOneAnswer + luck) return undefined;
  return (
    `It has learned nothing: it is right in ${percent(accuracy)} of the training rows, and one answer for all of them ` +
    `in ${percent(byOneAnswer)}. ${adviceOn(request)}`
  );
}

function adviceOn({ entry, options, recipe }: RunReport['request']): string {
  const reason = entry.cannotLearn?.(options);
  if (reason !== undefined) return reason;
  const { learningRate, epochs } = entry.recipe;
  if (recipe.learningRate > 10 * learningRate || recipe.learningRate < learningRate / 10)
    return `Try --learning-rate ${learningRate}, its own, instead of ${recipe.learningRate}.`;
  if (recipe.epochs < epochs / 2) return `Try more --epochs, such as ${epochs}, its own.`;
  return 'Try another --learning-rate, more --epochs or another --seed.';
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
