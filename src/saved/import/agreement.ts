/** Whether a stranger's network answers as a model does, whatever it makes of its last sums. */
import { probabilitiesOf } from '../../core/scoring/metrics.ts';
import { inUnits } from '../../core/scoring/regression.ts';
import { largestDifference } from '../export/check.ts';
import type { SavedModel } from '../saved-model.ts';

/**
 * The least difference between a model's answers and a network's outputs, which may be probabilities of all classes or of the
 * second, their logarithms, or logits; of a regression numbers, in their own unit or in deviations.
 */
export function agreement(
  { model, file }: SavedModel,
  expected: Float64Array,
  outputs: Float64Array,
): number {
  const differences = [largestDifference(expected, outputs)];
  if (model.task === 'regression') {
    const scale = file.target?.scale ?? 1;
    const numbers = outputs.map((output) => inUnits(output, file.target));
    return Math.min(differences[0], largestDifference(expected, numbers)) / scale;
  }
  const classes = file.classNames.length;
  const rows = expected.length / classes;
  const both = (seconds: Float64Array) => Float64Array.from(Array.from(seconds).flatMap((p) => [1 - p, p]));
  if (outputs.length === expected.length)
    differences.push(largestDifference(expected, probabilitiesOf(outputs, 'multiclass', classes)));
  if (model.task === 'binary' && outputs.length >= rows) {
    const first = outputs.filter((_, i) => i % (outputs.length / rows) === 0);
    differences.push(largestDifference(expected, both(first)));
    differences.push(largestDifference(expected, both(probabilitiesOf(first, 'binary', 1))));
  }
  return Math.min(...differences);
}
