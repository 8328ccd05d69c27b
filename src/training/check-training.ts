/**
 * Whether a model can learn from data at all, and what a program gave wrong, found out before training begins.
 */
import { checkExamples } from '../data/check-dataset.ts';
import type { Examples } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { aCount, aFunction, anObject, checkFields, checkGiven, optional } from '../utils/given.ts';
import { validateModel, type Model } from '../model/model.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { RandomState } from '../utils/random.ts';
import { checkedField, mapRecipeFields } from '../model/recipe.ts';
import { tensorOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import type { TrainingOptions } from './types.ts';

/** @throws InputError naming what a program gave wrong */
export function checkTraining(
  model: Model,
  data: { train: Examples; validation?: Examples },
  options: TrainingOptions,
): void {
  validateModel(model);
  checkFields('data', data, { train: anObject, validation: optional(anObject) });
  checkFields('options', options, { recipe: anObject, gradients: aFunction, classes: aCount });
  for (const hook of ['onEpoch', 'onStep', 'shouldStop', 'checkpointDue', 'onCheckpoint'] as const) {
    checkGiven(`options.${hook}`, options[hook], optional(aFunction));
  }
  mapRecipeFields((key, field) => {
    const value = options.recipe[key];
    // Epochs have no end where the caller ends them, and a rate may be one with which training is to diverge.
    const isFree = (key === 'epochs' || key === 'learningRate') && typeof value === 'number' && value > 0;
    return isFree ? value : checkedField(`recipe.${key}`, field, value);
  });
  checkExamples('data.train', data.train, options.classes);
  if (data.validation) checkExamples('data.validation', data.validation, options.classes);
  checkFit(model, data.train.features, options.classes);
}

/** A binary model tells class 1 from class 0; of a third its loss would make nonsense, as of a number. @throws InputError */
export function checkClasses(
  { name, task }: Pick<Model, 'name' | 'task'>,
  classes: number,
  what: string,
): void {
  if (task === 'regression' ? classes === 1 : task === 'binary' ? classes === 2 : classes > 1) return;
  if (task === 'regression') {
    throw new InputError(`The model ${name} predicts a number, and ${what} has ${classes} classes.`);
  }
  if (classes === 1) {
    throw new InputError(
      `The model ${name} tells classes apart, and ${what} has a number to predict: use a model of regression, such as mlp.`,
    );
  }
  throw new InputError(
    `The model ${name} tells 2 classes apart, and ${what} has ${classes}: use data of 2, or a model of several classes.`,
  );
}

/**
 * @param features numbers in a row of the data
 * @throws InputError where the model has another number of classes, or no forward pass for such rows
 */
export function checkFit(model: Model, features: number, classes: number): void {
  checkClasses(model, classes, 'the data');
  const parameters = toVariables(model.initial({ features, classes, random: new RandomState(0) }));
  try {
    let outputs: number | undefined;
    tf.tidy(() => {
      const row = tensorOf(new Float64Array(features), [1, features]);
      outputs = model.forward(parameters, row).logits.shape[1];
    });
    if (model.task === 'binary' || outputs === classes) return;
    throw new InputError(
      `The model ${model.name} has ${outputs} outputs, and the data has ${classes} classes.`,
    );
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message } = error as Error;
    throw new InputError(`The model ${model.name} takes no rows of ${features} numbers: ${message}`);
  } finally {
    disposeAll(parameters);
  }
}
