import { InputError } from '../utils/errors.ts';
import type { Model } from '../model/model.ts';
import { disposeAll, toVariables } from '../model/parameters.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';
import type { ModelSize } from './points.ts';

/** For models that fit themselves to any number. */
const usual = { features: 5, classes: 3 };

/**
 * Columns of x and number of classes that a model takes. One that does not ask for them, because its parameters have
 * fixed shapes, shows them by the lengths of those parameters: the first with which the forward pass runs is taken.
 *
 * @throws InputError when none does
 */
export function inferSize(model: Model, given: Partial<ModelSize> = {}): ModelSize {
  const classes =
    model.task === 'regression' ? 1 : (given.classes ?? (model.task === 'binary' ? 2 : usual.classes));
  const lengths = Object.values(initialOf(model, { features: usual.features, classes })).flatMap(
    ({ shape }) => shape,
  );
  const candidates = given.features === undefined ? [usual.features, ...new Set(lengths)] : [given.features];
  let problem = '';
  for (const features of candidates) {
    try {
      const outputs = outputsOf(model, { features, classes });
      return { features, classes: model.task === 'binary' ? classes : outputs };
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  throw new InputError(
    `${model.name}: its forward pass fails for ${candidates.join(', ')} features (${problem}); ` +
      'give the right number with --features.',
  );
}

const initialOf = (model: Model, size: ModelSize) => model.initial({ ...size, random: new RandomState(1) });

/** Columns of the logits for one row of ones. */
function outputsOf(model: Model, size: ModelSize): number {
  const parameters = toVariables(initialOf(model, size));
  try {
    return tf.tidy(() => {
      const x = tensorOf(new Float64Array(size.features).fill(1), [1, size.features]);
      return model.forward(parameters, x).logits.shape[1] ?? 1;
    });
  } finally {
    disposeAll(parameters);
  }
}
