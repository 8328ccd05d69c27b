/**
 * Central differences: ∂L/∂w ≈ (L(w + ε) − L(w − ε)) / 2ε, document 004's own way of finding gradients.
 * It knows nothing of derivatives, which makes it the referee between the other two.
 */
import { logitsOnHost, lossOnHost } from '../total-loss.ts';
import type { Model, Parameters, Tensors } from '../model.ts';
import { isDoublePrecision, tensorOf, valuesOf } from '../../utils/tensors.ts';
import type { Tensor } from '../../utils/tf.ts';
import type { GradientSource } from './source.ts';

/**
 * The error is about ε² (truncation) plus unit roundoff/ε (cancellation), least near the cube root of the unit
 * roundoff: 6·10⁻⁶ in double precision, 5·10⁻³ in single. Document 004 uses 10⁻⁵.
 */
export const defaultStep = (): number => (isDoublePrecision() ? 1e-5 : 5e-3);

/** Loss of a model on a batch, in doubles. */
export function lossAt(model: Model, parameters: Tensors, x: Tensor, y: Tensor): number {
  return lossOnHost(model, parameters, logitsOnHost(model, parameters, x), y);
}

/** The loss as a function of one entry of one parameter; it tells where the entry really went, after rounding. */
export function lossAlong(
  model: Model,
  parameters: Tensors,
  x: Tensor,
  y: Tensor,
  name: string,
): (entry: number, move: number) => { value: number; loss: number } {
  const parameter = parameters[name];
  const original = valuesOf(parameter);
  return (entry, move) => {
    const moved = original.slice();
    moved[entry] += move;
    const tensor = tensorOf(moved, parameter.shape);
    const loss = lossAt(model, { ...parameters, [name]: tensor }, x, y);
    tensor.dispose();
    return { value: moved[entry], loss };
  };
}

/**
 * Central differences of the loss for some entries (row-major indices) of one parameter, which is left as it was.
 */
export function numericEntries(
  model: Model,
  parameters: Parameters,
  x: Tensor,
  y: Tensor,
  name: string,
  entries: ArrayLike<number>,
  step = defaultStep(),
): Float64Array {
  const lossAfter = lossAlong(model, parameters, x, y, name);
  return Float64Array.from(entries, (entry) => {
    const above = lossAfter(entry, step);
    const below = lossAfter(entry, -step);
    // The parameter may have been rounded to float32: divide by how far it really moved.
    return (above.loss - below.loss) / (above.value - below.value);
  });
}

/** Every entry of every parameter: two forward passes each, so for small models only. */
export const numeric: GradientSource = (model, parameters, x, y) => {
  const gradients: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    const entries = Uint32Array.from({ length: parameter.size }, (_, i) => i);
    gradients[name] = tensorOf(numericEntries(model, parameters, x, y, name, entries), parameter.shape);
  }
  const logits = logitsOnHost(model, parameters, x);
  return { loss: lossOnHost(model, parameters, logits, y), logits, gradients };
};
