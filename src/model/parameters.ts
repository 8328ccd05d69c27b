/**
 * A model's parameters between their two homes: plain values on the host and variables on the backend.
 */
import type { ParameterValues } from './initializers.ts';
import type { Model, Parameters, Shape, Tensors } from './model.ts';
import { InputError } from '../utils/errors.ts';
import { RandomState } from '../utils/random.ts';
import { tensorOf, valuesOf } from '../utils/tensors.ts';
import { counted } from '../utils/text.ts';
import { tf } from '../utils/tf.ts';

/** Parameters as plain values, by name: what files and checkpoints hold. */
export type ParameterSet = Record<string, ParameterValues>;

/** The model's initial parameters. @throws InputError where they are not shapes and as many values: tensors, say */
export function initialOf(
  model: Model,
  size: Omit<Shape, 'random'>,
  random = new RandomState(1),
): ParameterSet {
  const initial = model.initial({ ...size, random });
  for (const [name, parameter] of Object.entries(initial)) {
    const problem = problemOf(parameter);
    if (!problem) continue;
    throw new InputError(
      `${model.name}: initial() returns ${problem} for ${name}; ` +
        'return { shape, values }, with the values as a Float64Array.',
    );
  }
  return initial;
}

function problemOf(parameter: ParameterValues): string | undefined {
  if (parameter instanceof tf.Tensor) return 'a tensor';
  if (!parameter?.shape || !parameter.values) return 'no shape and values';
  const { shape, values } = parameter;
  return values.length === tf.util.sizeFromShape(shape)
    ? undefined
    : `${counted(values.length, 'value')} of shape [${shape.join(', ')}]`;
}

let variablesMade = 0;

/** Variables on the current backend. Dispose them with `disposeAll`, or use `withParameters`. */
export function toVariables(set: ParameterSet): Parameters {
  const parameters: Parameters = {};
  try {
    for (const [name, { shape, values }] of Object.entries(set)) {
      const initial = tensorOf(values, shape);
      // `tf.train` finds variables by name, so names must be unique in the process.
      parameters[name] = tf.variable(initial, true, `${name}#${variablesMade++}`);
      initial.dispose();
    }
    return parameters;
  } catch (error) {
    disposeAll(parameters);
    throw error;
  }
}

/** Does work with variables on the current backend, which exist only meanwhile. @param work synchronous */
export function withParameters<T>(set: ParameterSet, work: (parameters: Parameters) => T): T {
  const parameters = toVariables(set);
  try {
    return work(parameters);
  } finally {
    disposeAll(parameters);
  }
}

/** A copy of the parameters' values, in doubles. */
export function toValues(parameters: Tensors): ParameterSet {
  const set: ParameterSet = {};
  for (const [name, tensor] of Object.entries(parameters)) {
    set[name] = { shape: tensor.shape, values: new Float64Array(valuesOf(tensor)) };
  }
  return set;
}

/** Puts values back into existing variables of the same names and shapes. */
export function assignValues(parameters: Parameters, set: ParameterSet): void {
  for (const [name, { shape, values }] of Object.entries(set)) {
    const tensor = tensorOf(values, shape);
    parameters[name].assign(tensor);
    tensor.dispose();
  }
}

/** The first parameter that holds NaN or ±Infinity, if any. */
export function firstNonFinite(set: ParameterSet): string | undefined {
  for (const name of Object.keys(set)) {
    // `every` takes five times as long, and every epoch asks.
    for (const value of set[name].values) if (!Number.isFinite(value)) return name;
  }
  return undefined;
}

export function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose();
}
