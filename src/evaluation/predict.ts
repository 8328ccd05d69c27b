/**
 * Probabilities for new inputs.
 */
import type { Examples, TargetScale } from '../data/dataset.ts';
import { outputsOf } from './evaluate.ts';
import { predictedClasses, probabilitiesOf } from './metrics.ts';
import { inUnits } from './regression.ts';
import type { Model } from '../model/model.ts';
import { type ParameterSet, withParameters } from '../model/parameters.ts';
import { WorkError } from '../utils/errors.ts';

export interface Prediction {
  /** Name of the most probable class; of a regression the number as text. */
  label: string;
  /** One per class, summing to 1; of a regression none. */
  probabilities: number[];
  /** Of a regression: the predicted number, in the target's unit. */
  value?: number;
}

/**
 * @param inputs preprocessed rows, `[rows, features]` row-major, one after the other
 * @throws WorkError when weights and inputs are so large that an output is not finite
 */
export function predict(
  model: Model,
  set: ParameterSet,
  inputs: Float64Array,
  features: number,
  { classNames, target }: { classNames: string[]; target?: TargetScale },
): Prediction[] {
  const rows = inputs.length / features;
  const examples: Examples = { rows, features, inputs, divisor: 1, labels: new Uint8Array(rows) };
  const { logits, outputs } = withParameters(set, (parameters) =>
    outputsOf(model, parameters, examples, classNames.length),
  );
  const bad = logits.findIndex((logit) => !Number.isFinite(logit));
  if (bad >= 0) {
    throw new WorkError(
      `The model's output for input ${Math.floor(bad / outputs) + 1} is ${logits[bad]}, not a finite number: ` +
        'the weights or the input are too large for this backend.',
    );
  }
  if (model.task === 'regression') {
    return Array.from(logits, (output) => {
      const value = inUnits(output, target);
      return { label: String(value), probabilities: [], value };
    });
  }
  const probabilities = probabilitiesOf(logits, model.task, outputs);
  const classes = predictedClasses(logits, model.task, outputs);
  return Array.from(classes, (predicted, row) => {
    const ofRow = Array.from(probabilities.subarray(row * outputs, (row + 1) * outputs));
    return {
      label: classNames[predicted],
      probabilities: model.task === 'binary' ? [1 - ofRow[0], ofRow[0]] : ofRow,
    };
  });
}
