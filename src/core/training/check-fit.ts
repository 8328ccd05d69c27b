/**
 * Whether a model can learn from data at all, found out before training begins.
 */
import { InputError } from '../errors.ts';
import type { Model } from '../model.ts';
import { disposeAll, toVariables } from '../parameters.ts';
import { RandomState } from '../random.ts';
import { tensorOf } from '../tensors.ts';
import { tf } from '../tf.ts';

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
