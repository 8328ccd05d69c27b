/** The second referee: TensorFlow.js's own gradients, computed in the same field. */
import type { FieldBackend } from '../../backend/field/index.ts';
import type { Model } from '../../model/model.ts';
import { disposeAll } from '../../model/parameters.ts';
import { tf, type Variable } from '../../utils/tf.ts';
import { lossAsTensor } from '../../model/total-loss.ts';
import { positionOf } from '../collect.ts';
import { checkDoubt, type ManualGradients } from './manual.ts';
import type { ProofPoint } from './point.ts';
import { Retry } from './retry.ts';
import type { Difference } from './types.ts';

let variablesMade = 0;

/** ∂loss/∂parameter as elements, row-major. Names of variables must be unique in the process. */
export function autodiffGradients(
  backend: FieldBackend,
  model: Model,
  { parameters, x, y }: ProofPoint,
): Record<string, Float64Array> {
  const variables: Record<string, Variable> = {};
  for (const [name, tensor] of Object.entries(parameters)) {
    variables[name] = tf.variable(tensor, true, `${name}@${variablesMade++}`);
  }
  try {
    const { value, grads } = tf.variableGrads(
      () => lossAsTensor(model, variables, model.forward(variables, x).logits, y),
      Object.values(variables),
    );
    const elements = Object.entries(variables).map(([name, { name: unique, size }]) => [
      name,
      // The loss does not depend on a variable that has none.
      grads[unique] ? backend.elementsOf(grads[unique]) : new Float64Array(size),
    ]);
    tf.dispose([value, grads]);
    checkDoubt(backend);
    return Object.fromEntries(elements) as Record<string, Float64Array>;
  } finally {
    disposeAll(variables);
  }
}

/** The first entry of each parameter in which the two differ. */
export function entryDifferences(
  { field }: FieldBackend,
  { parameters }: ProofPoint,
  { elements, problems }: ManualGradients,
  autodiff: Record<string, Float64Array>,
): Record<string, Omit<Difference, 'point'>> {
  const found: Record<string, Omit<Difference, 'point'>> = {};
  for (const [name, manual] of Object.entries(elements)) {
    if (name in problems) continue;
    for (let index = 0; index < manual.length && !found[name]; index++) {
      const [left, right] = [field.value(manual[index]), field.value(autodiff[name][index])];
      const reason = field.reason(right);
      if (reason !== undefined) throw new Retry(reason);
      if (left === right) continue;
      const position = positionOf(index, parameters[name].shape);
      found[name] = { index, position, manual: left, exact: right, prime: field.prime };
    }
  }
  return found;
}
