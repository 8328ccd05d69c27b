/** A saved or freshly trained model at work: predictions for rows of numbers, scores on the rows of a dataset. */
import { onBackend } from '../backend/index.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { withParameters } from '../model/parameters.ts';
import { evaluate as evaluateOn } from '../evaluation/evaluate.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import { predict as predictRows, type Prediction } from '../evaluation/predict.ts';
import { rowFromValues } from '../data/row-from-values.ts';
import { checkExamples } from '../data/check-dataset.ts';
import { checkedNumber } from '../utils/limits.ts';
import * as z from '../utils/schema.ts';
import { checkSaved, type SavedModel } from '../weights/saved-model.ts';

/**
 * Probabilities of the classes for new rows.
 *
 * @param inputs raw numbers; they are scaled as the training data was
 * @throws InputError for a row that does not fit the model
 */
export const predict = (saved: SavedModel, inputs: readonly (readonly number[])[]): Promise<Prediction[]> =>
  predictPrepared(
    saved,
    inputs.map((input, i) => rowFromValues(saved, input, `input ${i + 1}`)),
  );

/** Probabilities for rows that are scaled already. */
export async function predictPrepared(saved: SavedModel, rows: Float64Array[]): Promise<Prediction[]> {
  const { model, parameters, features, file } = saved;
  const inputs = new Float64Array(rows.length * features);
  rows.forEach((row, i) => inputs.set(row, i * features));
  return onBackend('any', {}, () => predictRows(model, parameters, inputs, features, file));
}

/** @throws InputError if a threshold is given that is outside 0 … 1, or to a model that is not binary */
export function checkThreshold(
  name: string,
  threshold: unknown,
  { file, model }: SavedModel,
): number | undefined {
  if (threshold === undefined) return undefined;
  if (model.task === 'binary') return checkedNumber(name, threshold, { minimum: 0, maximum: 1 });
  const what =
    model.task === 'regression'
      ? 'predicts a number'
      : `has an output for each of ${file.classNames.length} classes`;
  throw new InputError(`${name} needs a binary classifier; ${file.model} ${what}.`);
}

/**
 * Every metric on the test rows of a dataset.
 *
 * @param options `threshold` of binary models, 0 … 1: the probability above which a row is predicted as the second, the
 *   positive class; ½ where left out
 * @throws InputError where the rows are not what the model takes
 */
export async function evaluate(
  saved: SavedModel,
  data: Pick<LoadedDataset, 'test' | 'classNames'>,
  { threshold }: { threshold?: number } = {},
): Promise<Metrics> {
  checkSaved(saved);
  z.checkFields('data', data, { test: z.plainObject, classNames: z.list });
  const { file, model, parameters: set, features } = saved;
  const { test, classNames } = data;
  checkExamples('data.test', test, classNames.length);
  if (test.features !== features) {
    throw new InputError(`The weights take ${features} inputs, the dataset has ${test.features}.`);
  }
  checkThreshold('threshold', threshold, saved);
  if (model.task === 'next-token') checkSymbols(file.classNames, classNames);
  const classes = file.classNames.length;
  if (classNames.length !== classes) {
    throw new InputError(`The weights are for ${classes} classes, the dataset has ${classNames.length}.`);
  }
  return onBackend('any', {}, () =>
    withParameters(set, (parameters) => evaluateOn(model, parameters, test, classes, undefined, threshold)),
  );
}

/** A token means nothing without its symbol. @throws InputError if the symbols are others */
function checkSymbols(known: string[], found: string[]): void {
  if (known.length === found.length && known.every((symbol, token) => symbol === found[token])) return;
  const strange = found.find((symbol) => !known.includes(symbol));
  throw new InputError(
    `The weights are for ${known.length} characters, the dataset has ${found.length}` +
      (strange === undefined
        ? ' of them.'
        : `, one of them ${JSON.stringify(strange)}, which the weights do not know.`),
  );
}
