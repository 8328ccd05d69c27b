/**
 * Class weights: the loss of a row counts as often as the weight of its class says, so that a rare class is learned as
 * well as a frequent one.
 */
import { InputError } from '../utils/errors.ts';
import { constant, tensorOf } from '../utils/tensors.ts';
import { type Scalar, type Tensor, tf } from '../utils/tf.ts';
import type { Loss } from './losses.ts';
import type { Model } from './model.ts';
import { mul, sub } from './operations.ts';

/** rows / (classes · rows of the class), scikit-learn's `class_weight='balanced'`; 1 for a class without rows. */
export function balancedWeights(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let row = 0; row < labels.length; row++) counts[labels[row]]++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 1));
}

/**
 * The same model with the loss Σ wᵢ·Lᵢ (or its mean over the rows) in place of Σ Lᵢ; wᵢ is the weight of row i's class.
 *
 * The hand-written gradients stay as they are. They are those of a loss with ∂Lᵢ/∂zᵢ = c·(ŷᵢ − yᵢ), and for the targets
 * y′ᵢ = ŷᵢ − wᵢ·(ŷᵢ − yᵢ) the same formula gives c·(ŷᵢ − y′ᵢ) = wᵢ·c·(ŷᵢ − yᵢ), the derivative of the weighted loss.
 *
 * @param weights one per class, above 0
 * @throws InputError for a regression, or a loss that has no `weighting`
 */
export function withClassWeights(model: Model, weights: readonly number[]): Model {
  const { loss, task, name } = model;
  const { weighting } = loss;
  if (task === 'regression') throw new InputError(`Class weights need classes; ${name} predicts a number.`);
  if (!weighting) {
    throw new InputError(
      `The loss of ${name}, ${loss.name}, cannot be weighted by class: it has no \`weighting\`.`,
    );
  }
  /** Of every row: `[rows, 1]`. */
  const weightsOf = (y: Tensor): Tensor =>
    task === 'binary'
      ? tf.add(mul(y, constant(weights[1])), mul(sub(constant(1), y), constant(weights[0])))
      : tf.sum(mul(y, tensorOf(Float64Array.from(weights), [1, weights.length])), 1, true);
  const weighted: Loss = {
    ...loss,
    tensor(logits, y) {
      const sum = tf.sum(mul(weightsOf(y), weighting.terms(logits, y)));
      return (loss.reduction === 'mean' ? mul(sum, constant(1 / y.shape[0])) : sum) as Scalar;
    },
    value(logits, y, rows) {
      const [outputs, columns] = [logits.length / rows, y.length / rows];
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const target = y.subarray(row * columns, (row + 1) * columns);
        const label = task === 'binary' ? target[0] : target.indexOf(1);
        sum += weights[label] * loss.value(logits.subarray(row * outputs, (row + 1) * outputs), target, 1);
      }
      return loss.reduction === 'mean' ? sum / rows : sum;
    },
  };
  const gradients: Model['gradients'] = (parameters, x, y, activations) => {
    const output = weighting.output(activations.logits);
    const targets = sub(output, mul(weightsOf(y), sub(output, y)));
    return model.gradients(parameters, x, targets, activations);
  };
  // Inherits instead of copying: a model may be an instance of a class, whose methods a spread would lose.
  return Object.create(model, { loss: { value: weighted }, gradients: { value: gradients } }) as Model;
}
