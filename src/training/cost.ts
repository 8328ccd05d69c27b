import { megabytes, peakBytes, wasmByteBudget } from '../backend/wasm/index.ts';
import { makeBatch } from '../data/batches.ts';
import type { LoadedDataset } from '../data/dataset.ts';
import { type GradientSourceName, gradientSources, lossAt } from '../model/gradients.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import type { Recipe } from '../model/recipe.ts';
import { checkFit } from './check-training.ts';
import { staysOnBackend } from './validation-rows.ts';
import { InputError } from '../utils/errors.ts';
import { RandomState } from '../utils/random.ts';
import { tf } from '../utils/tf.ts';

/**
 * Million multiply-adds of a forward pass in one step: every weight once for every row of the batch. The backward pass
 * takes about twice as many again, so that steps of equal size take about equally long whatever their shape. (Of
 * convolutions, whose weights are used many times for a row, it counts too few.)
 */
export function multiplyAddsPerStep(
  model: Model,
  { rows, features, classes }: { rows: number; features: number; classes: number },
  { batchSize }: Pick<Recipe, 'batchSize'>,
): number {
  const initial = model.initial({ features, classes, random: new RandomState(0) });
  const weights = Object.values(initial).reduce((sum, { values }) => sum + values.length, 0);
  return (weights * (batchSize === 'full' ? rows : Math.min(batchSize, rows))) / 1e6;
}

const [fewRows, moreRows] = [8, 40];

/** What an optimiser holds for every parameter: its memories, and temporary copies while it works. */
const copiesOfParameters = 6;

/**
 * @throws InputError with the largest batch that would fit, when training would need more than the budget
 */
export function checkMemory(
  model: Model,
  { train, validation, classNames }: Pick<LoadedDataset, 'train' | 'validation' | 'classNames'>,
  recipe: Pick<Recipe, 'batchSize' | 'validation'>,
  gradients: GradientSourceName,
  budget = wasmByteBudget,
): void {
  const classes = classNames.length;
  checkFit(model, train.features, classes);
  if (train.rows < moreRows) return;
  const initial = model.initial({ features: train.features, classes, random: new RandomState(0) });
  const parameters = toVariables(initial);
  const source = gradientSources[gradients];
  const bytesFor = (rows: number, learns: boolean): number =>
    peakBytes(() => {
      const { x, y } = makeBatch(train, { task: model.task, classes }, undefined, 0, rows);
      // Central differences only look at the loss, but thousands of times.
      if (learns && gradients !== 'numeric') disposeAll(source(model, parameters, x, y).gradients);
      else lossAt(model, parameters, x, y);
      tf.dispose([x, y]);
    });
  const [few, more, fewScored, moreScored] = [
    bytesFor(fewRows, true),
    bytesFor(moreRows, true),
    bytesFor(fewRows, false),
    bytesFor(moreRows, false),
  ];
  disposeAll(parameters);

  const perRow = (more - few) / (moreRows - fewRows);
  const perScoredRow = (moreScored - fewScored) / (moreRows - fewRows);
  const values = Object.values(initial).reduce((sum, parameter) => sum + parameter.values.length, 0);
  const validationRows = validation?.rows ?? Math.floor(train.rows * recipe.validation);
  const trainRows = validation ? train.rows : train.rows - validationRows;
  const rowBytes = 4 * (train.features + classes);
  // Unless they are too many, the validation rows stay on the backend; the rest of what scoring them takes comes and goes.
  const keptRows = staysOnBackend(validationRows, train) ? validationRows : 0;
  const kept = few + 4 * values * copiesOfParameters + keptRows * rowBytes;
  const scoring = kept + (perScoredRow - rowBytes) * keptRows;
  const batch = recipe.batchSize === 'full' ? trainRows : Math.min(recipe.batchSize, trainRows);
  const needed = Math.max(kept + perRow * batch, scoring);
  if (needed <= budget) return;
  const largest = Math.floor((budget - kept) / perRow);
  const sentence = `Training needs about ${megabytes(needed)}, but the wasm backend has ${megabytes(budget)}:`;
  throw new InputError(
    scoring > budget || largest < 1
      ? `${sentence} use a smaller model, fewer rows, or --backend cpu.`
      : `${sentence} the largest batch that fits is about --batch-size ${largest}; or use --backend cpu.`,
  );
}
