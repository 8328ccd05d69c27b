import type { Model, Parameters, Tensors } from './model.ts';
import { isDoublePrecision, tensorOf, type Values, valuesOf } from '../utils/tensors.ts';
import { type Scalar, type Tensor, tf } from '../utils/tf.ts';

export interface LossAndGradients {
  /** Loss and penalty of the batch. */
  loss: number;
  /** Of the same forward pass, on the host: `[rows, outputs]`, row-major. */
  logits: Values;
  /** ∂loss/∂parameter, one tensor of the parameter's shape each. The caller disposes them. */
  gradients: Record<string, Tensor>;
}

/** x is `[batch, features]`, y `[batch, outputs]`. */
export type GradientSource = (model: Model, parameters: Parameters, x: Tensor, y: Tensor) => LossAndGradients;

/** The logits of a batch on the host, row-major. x is `[rows, features]`. */
export function logitsOnHost(model: Model, parameters: Tensors, x: Tensor): Values {
  let logits: Values = new Float64Array();
  // Not returned through `tidy`, which would look for tensors among the numbers.
  tf.tidy(() => {
    logits = valuesOf(model.forward(parameters, x).logits);
  });
  return logits;
}

/** Differentiable; logits and y are `[rows, outputs]`. */
export function lossAsTensor(model: Model, parameters: Tensors, logits: Tensor, y: Tensor): Scalar {
  const dataLoss = model.loss.tensor(logits, y);
  return model.regularizer ? tf.add(dataLoss, model.regularizer.tensor(parameters, y.shape[0])) : dataLoss;
}

/** In doubles, from logits that are on the host, row-major; y is `[rows, outputs]`. */
export function lossOnHost(model: Model, parameters: Tensors, logits: Values, y: Tensor): number {
  const rows = y.shape[0];
  return model.loss.value(logits, valuesOf(y), rows) + regularizationLoss(model, parameters, rows);
}

export const regularizationLoss = ({ regularizer }: Model, parameters: Tensors, rows: number): number =>
  regularizer?.value(parameters, rows) ?? 0;

/** The model's own hand-written gradients, with the activations of one forward pass. */
export const manual: GradientSource = (model, parameters, x, y) => {
  let loss = NaN;
  let logits: Values = new Float64Array();
  const gradients = tf.tidy(() => {
    const activations = model.forward(parameters, x);
    logits = valuesOf(activations.logits);
    loss = lossOnHost(model, parameters, logits, y);
    return model.gradients(parameters, x, y, activations);
  });
  return { loss, logits, gradients } satisfies LossAndGradients;
};

/** `tf.variableGrads` over the model's forward pass and loss. */
export const autodiff: GradientSource = (model, parameters, x, y) => {
  let logits: Values = new Float64Array();
  const { value, grads } = tf.variableGrads(() => {
    const forward = model.forward(parameters, x);
    logits = valuesOf(forward.logits);
    return lossAsTensor(model, parameters, forward.logits, y);
  }, Object.values(parameters));
  const loss = valuesOf(value)[0];
  value.dispose();
  const gradients: Record<string, Tensor> = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    // Undefined if the loss does not depend on the parameter.
    gradients[name] = grads[parameter.name] ?? tf.zerosLike(parameter);
  }
  return { loss, logits, gradients };
};

/**
 * The error is about ε² (truncation) plus unit roundoff/ε (cancellation), least near the cube root of the unit
 * roundoff: 6·10⁻⁶ in double precision, 5·10⁻³ in single. Document 004 uses 10⁻⁵.
 */
export const epsilon = (): number => (isDoublePrecision() ? 1e-5 : 5e-3);

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
  step = epsilon(),
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

export const gradientSources = { manual, autodiff, numeric } satisfies Record<string, GradientSource>;

export type GradientSourceName = keyof typeof gradientSources;
