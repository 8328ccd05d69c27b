/**
 * Checks before a training: that the arguments are valid and that the model accepts the data.
 */
import { isTokens } from '../data/dataset.ts';
import { checkExamples } from '../data/check-dataset.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import type { GradientSource, LossAndGradients } from '../model/gradients.ts';
import { validateModel, type Model, type Parameters, type Tensors } from '../model/model.ts';
import { initialOf, withParameters } from '../model/parameters.ts';
import { checkedRecipe } from '../model/recipe.ts';
import { tensorFor } from '../data/batches.ts';
import { type Tensor, tf } from '../utils/tf.ts';
import type { TrainingOptions } from './types.ts';
import type { TrainingData } from './validation.ts';

const callbacks = ['onEpoch', 'onStep', 'shouldStop', 'checkpointDue', 'onCheckpoint'] as const;

/**
 * Checks what TypeScript cannot check for a caller in JavaScript.
 *
 * @throws InputError naming the argument that is invalid
 */
export function checkTrainingInputs(model: Model, data: TrainingData, options: TrainingOptions): void {
  validateModel(model);
  z.checkFields('data', data, { train: z.plainObject, validation: z.optional(z.plainObject) });
  z.checkFields('options', options, { recipe: z.plainObject, gradients: z.callable, classes: z.count });
  for (const name of callbacks) z.checkValue(`options.${name}`, options[name], z.optional(z.callable));
  checkedRecipe(
    (key) => options.recipe[key],
    (key) => `recipe.${key}`,
  );
  checkExamples('data.train', data.train, options.classes);
  if (data.validation) checkExamples('data.validation', data.validation, options.classes);
  checkFit(model, data.train.features, options.classes, isTokens(data.train));
}

/**
 * Checks that the model's task is the data's.
 *
 * @param classes 1 for a regression
 * @param what the message's name for the data: `the data`, `weights.json`
 * @throws InputError otherwise: the loss would still be computed, and would mean nothing
 */
export function checkTask({ name, task }: Pick<Model, 'name' | 'task'>, classes: number, what: string): void {
  const found = classes === 1 ? 'a numeric target' : `${classes} classes`;
  if (task === 'regression' && classes !== 1) {
    throw new InputError(`${name} is a regression model; ${what} has ${found}.`);
  }
  if (task !== 'regression' && classes === 1) {
    throw new InputError(
      `${name} is a classifier; ${what} has ${found}. Use a regression model, such as mlp.`,
    );
  }
  if (task === 'binary' && classes !== 2) {
    throw new InputError(
      `${name} is a binary classifier; ${what} has ${found}. Use a multiclass model, such as mlp or softmax.`,
    );
  }
}

/**
 * Checks that the model accepts rows of this size, with one forward pass on a row of zeros.
 *
 * @param features numbers per row
 * @param classes 1 for a regression
 * @throws InputError if the task, the input size or the number of outputs differs
 */
export function checkFit(model: Model, features: number, classes: number, tokens = false): void {
  if (tokens !== (model.task === 'next-token')) {
    throw new InputError(
      tokens
        ? `${model.name} takes rows of numbers, not text: train a model of sequences on it, such as gpt.`
        : `${model.name} is a model of sequences, not of rows of numbers: give it text, with --data-file book.txt.`,
    );
  }
  checkTask(model, classes, 'the data');
  const outputs = outputsFor(model, features, classes);
  if (model.task !== 'binary' && outputs !== classes) {
    throw new InputError(`${model.name} has ${outputs} outputs; the data has ${classes} classes.`);
  }
}

/** A row of zeros as a model takes it: numbers, or the first symbol at every place. */
const zeroRow = (model: Model, features: number): Tensor =>
  tensorFor(model, new Float64Array(features), [1, features]);

function outputsFor(model: Model, features: number, classes: number): number | undefined {
  try {
    return withParameters(initialOf(model, { features, classes }), (parameters) =>
      tf.tidy(() => {
        const row = zeroRow(model, features);
        return model.forward(parameters, row).logits.shape[1];
      }),
    );
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message } = error as Error;
    throw new InputError(`${model.name} does not accept rows of ${features} numbers: ${message}`);
  }
}

/**
 * The gradient source, with the shapes of its first results checked: TensorFlow.js would broadcast a scalar over a matrix,
 * and one row of logits over all rows.
 *
 * @throws InputError at the first step if the logits or a gradient are missing or have another shape
 */
export function withShapeCheck(source: GradientSource): GradientSource {
  let isChecked = false;
  return (model, parameters, x, y) => {
    const result = source(model, parameters, x, y);
    if (isChecked) return result;
    isChecked = true;
    try {
      checkShapes(model.name, parameters, result, y);
    } catch (error) {
      tf.dispose(result.gradients);
      throw error;
    }
    return result;
  };
}

function checkShapes(name: string, parameters: Parameters, result: LossAndGradients, y: Tensor): void {
  // A source may leave the logits out. A model may have more of them than it predicts with, as xor does, for every row.
  const { length } = result.logits;
  const isWhole = y.dtype === 'int32' ? length % y.size === 0 : length % y.shape[0] === 0;
  if (length > 0 && (length < y.size || !isWhole)) {
    throw new InputError(
      `${name}: forward() returns ${length} logits for ${y.shape[0]} rows instead of ${y.size}.`,
    );
  }
  const gradients: Partial<Tensors> = result.gradients;
  for (const [key, { shape }] of Object.entries(parameters)) {
    const gradient = gradients[key];
    if (!gradient) throw new InputError(`${name}: gradients() returns no ${key}.`);
    if (gradient.shape.join() !== shape.join()) {
      throw new InputError(
        `${name}: the gradient of ${key} has shape [${gradient.shape.join(', ')}] instead of [${shape.join(', ')}].`,
      );
    }
  }
}
