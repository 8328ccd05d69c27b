import { isRegression } from '../../evaluation/regression.ts';
import { percent } from '../../utils/text.ts';
import type { RunReport } from '../../weights/run-record.ts';

/** A score this close to the baseline's may be chance. */
const margin = 0.01;

/**
 * A warning for a model that is no better than the trivial baseline: always predicting the most frequent class, or for
 * a regression the mean. Undefined for a better model and for a training that is not complete.
 */
export function baselineWarning({ request, status, metrics }: RunReport): string | undefined {
  if (status !== 'complete') return undefined;
  const { train } = metrics;
  if (isRegression(train)) {
    if (train.r2 > margin) return undefined;
    return `No better than always predicting the mean (R² ${train.r2.toFixed(4)}). ${advice(request)}`;
  }
  const rowsPerClass = train.confusionMatrix.map(sum);
  const baseline = Math.max(...rowsPerClass) / sum(rowsPerClass);
  if (train.accuracy > baseline + margin) return undefined;
  return (
    `No better than always predicting the most frequent class (training accuracy ${percent(train.accuracy)}, ` +
    `most frequent class ${percent(baseline)}). ${advice(request)}`
  );
}

function advice({ definition, options, recipe }: RunReport['request']): string {
  const reason = definition.cannotLearn?.(options);
  if (reason !== undefined) return reason;
  const { learningRate, epochs } = definition.recipe;
  if (recipe.learningRate > 10 * learningRate || recipe.learningRate < learningRate / 10) {
    return `Try --learning-rate ${learningRate}, the default, instead of ${recipe.learningRate}.`;
  }
  if (recipe.epochs < epochs / 2) return `Try --epochs ${epochs}, the default.`;
  return 'Try another --learning-rate, more --epochs or another --seed.';
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
