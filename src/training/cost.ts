/**
 * What a training costs, estimated before it begins: multiply-adds per step, and bytes on the wasm backend.
 */
import { megabytes, peakBytes, wasmByteBudget } from '../backend/wasm/index.ts';
import { makeBatch } from '../data/batches.ts';
import { isTokens, type LoadedDataset } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { gradientSources, type GradientSourceName } from '../model/gradients.ts';
import { lossAt } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, initialOf, toVariables } from '../model/parameters.ts';
import type { Recipe } from '../model/recipe.ts';
import { tf } from '../utils/tf.ts';
import { checkFit } from './input-checks.ts';
import { isValidationResident } from './validation.ts';

const countParameters = (model: Model, features: number, classes: number): number =>
  Object.values(initialOf(model, { features, classes })).reduce((sum, { values }) => sum + values.length, 0);

/**
 * Millions of multiply-adds in the forward pass of one step: parameters × rows of a batch. The backward pass takes
 * about twice as many. Too low for convolutions, which use each weight many times per row.
 */
export function multiplyAddsPerStep(
  model: Model,
  { rows, features, classes }: { rows: number; features: number; classes: number },
  { batchSize }: Pick<Recipe, 'batchSize'>,
): number {
  const batchRows = batchSize === 'full' ? rows : Math.min(batchSize, rows);
  const positions = model.task === 'next-token' ? features : 1;
  return (countParameters(model, features, classes) * batchRows * positions) / 1e6;
}

/** Rows of the two batches whose memory is measured. The difference between them is the memory per row. */
const [fewRows, moreRows] = [8, 40];

/** Copies of the parameters that an optimizer holds at most: its moments, and temporary tensors during an update. */
const optimizerCopies = 6;

/**
 * Checks that a training fits the memory of the wasm backend, by measuring two small steps.
 *
 * @param budget bytes
 * @throws InputError with the largest batch size that fits
 */
export function checkMemory(
  model: Model,
  { train, validation, classNames }: Pick<LoadedDataset, 'train' | 'validation' | 'classNames'>,
  recipe: Pick<Recipe, 'batchSize' | 'validation'>,
  gradients: GradientSourceName,
  budget = wasmByteBudget,
): void {
  const classes = classNames.length;
  checkFit(model, train.features, classes, isTokens(train));
  if (train.rows < moreRows) return;
  const parameters = toVariables(initialOf(model, { features: train.features, classes }));
  const source = gradientSources[gradients];
  const measure = (rows: number, pass: 'step' | 'evaluation'): number =>
    peakBytes(() => {
      const { x, y } = makeBatch(train, { task: model.task, classes }, undefined, 0, rows);
      // Central differences evaluate the loss thousands of times, but never hold more than one evaluation.
      if (pass === 'step' && gradients !== 'numeric') disposeAll(source(model, parameters, x, y).gradients);
      else lossAt(model, parameters, x, y);
      tf.dispose([x, y]);
    });
  const [fewStep, moreStep] = [measure(fewRows, 'step'), measure(moreRows, 'step')];
  const [fewEvaluation, moreEvaluation] = [measure(fewRows, 'evaluation'), measure(moreRows, 'evaluation')];
  disposeAll(parameters);

  const perTrainRow = (moreStep - fewStep) / (moreRows - fewRows);
  const perValidationRow = (moreEvaluation - fewEvaluation) / (moreRows - fewRows);
  const validationRows = validation?.rows ?? Math.floor(train.rows * recipe.validation);
  const trainRows = validation ? train.rows : train.rows - validationRows;
  const rowBytes = 4 * (train.features + (isTokens(train) ? train.features : classes));
  const residentRows = isValidationResident(validationRows, train) ? validationRows : 0;
  const parameterBytes = 4 * countParameters(model, train.features, classes) * optimizerCopies;
  const fixed = fewStep + parameterBytes + residentRows * rowBytes;
  const batchRows = recipe.batchSize === 'full' ? trainRows : Math.min(recipe.batchSize, trainRows);
  const whileValidating = fixed + (perValidationRow - rowBytes) * residentRows;
  const needed = Math.max(fixed + perTrainRow * batchRows, whileValidating);
  if (needed <= budget) return;
  const largestBatch = Math.floor((budget - fixed) / perTrainRow);
  const sentence = `Training needs about ${megabytes(needed)}, but the wasm backend has ${megabytes(budget)}:`;
  throw new InputError(
    whileValidating > budget || largestBatch < 1
      ? `${sentence} use a smaller model, fewer rows, or --backend cpu.`
      : `${sentence} the largest batch that fits is about --batch-size ${largestBatch}; or use --backend cpu.`,
  );
}
