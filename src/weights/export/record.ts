/**
 * What a model's forward pass calls of TensorFlow.js, kernel by kernel: run twice, with different numbers of rows, so that
 * what follows the batch can be told from what is fixed.
 */
import { InputError } from '../../utils/errors.ts';
import type { ParameterValues } from '../../model/initializers.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { tensorOf, valuesOf } from '../../utils/tensors.ts';
import { tf, type Tensor } from '../../utils/tf.ts';
import { anyRows } from './graph.ts';

/** A value that follows from the input, by its number, or one that does not. */
export type Operand = { value: number } | { constant: ParameterValues; name?: string };

export interface Call {
  kernel: string;
  inputs: Record<string, Operand>;
  attributes: Record<string, unknown>;
  /** Numbers of its outputs. The input of the model is number 0. */
  outputs: number[];
}

export interface Recording {
  calls: Call[];
  /** Shapes of values by their numbers. */
  shapes: number[][];
  /** Values by the names that the model gives to them. */
  names: Record<string, number>;
}

/** Any two, as long as they differ. */
const trialRows = [3, 7] as const;

/** @throws InputError where the model's steps depend on how many rows there are */
export function recordForward(model: Model, parameters: Tensors, features: number): Recording {
  const [few, more] = trialRows.map((rows) => recordOnce(model, parameters, features, rows));
  const merged = merge(few, more, 'its steps');
  return merged as Recording;
}

function recordOnce(model: Model, parameters: Tensors, features: number, rows: number): Recording {
  const engine = tf.engine();
  const recording: Recording = { calls: [], shapes: [[rows, features]], names: {} };
  const numbers = new Map<number, number>();
  const parameterNames = new Map(Object.entries(parameters).map(([name, { id }]) => [id, name]));
  const operand = (tensor: Tensor): Operand => {
    const value = numbers.get(tensor.id);
    if (value !== undefined) return { value };
    const constant = { shape: tensor.shape, values: Float64Array.from(valuesOf(tensor)) };
    const name = parameterNames.get(tensor.id);
    return name === undefined ? { constant } : { constant, name };
  };
  const runKernel = engine.runKernel.bind(engine);
  const record: typeof engine.runKernel = (kernel, inputs, attributes = {}) => {
    const given = Object.entries(inputs).filter(([, tensor]) => tensor);
    const operands = given.map(([name, tensor]) => [name, operand(tensor)] as const);
    const result = runKernel(kernel, inputs, attributes);
    if (!operands.some(([, each]) => 'value' in each)) return result as never;
    const outputs = [result].flat();
    const call = { kernel, inputs: Object.fromEntries(operands), attributes: { ...attributes } };
    recording.calls.push({ ...call, outputs: outputs.map((_, i) => recording.shapes.length + i) });
    for (const output of outputs) {
      numbers.set(output.id, recording.shapes.length);
      recording.shapes.push(output.shape);
    }
    return result as never;
  };
  tf.tidy(() => {
    // Numbers without a pattern: a model that looks at them takes the same way as with data.
    const values = Float64Array.from({ length: rows * features }, (_, i) => Math.sin(1 + i));
    const x = tensorOf(values, [rows, features]);
    numbers.set(x.id, 0);
    engine.runKernel = record;
    try {
      for (const [name, tensor] of Object.entries(model.forward(parameters, x))) {
        const number = numbers.get(tensor.id);
        if (number !== undefined) recording.names[name] = number;
      }
    } finally {
      // Uncovers the method of the class.
      delete (engine as Partial<typeof engine>).runKernel;
    }
  });
  return recording;
}

/** One description of two that say the same, with {@link anyRows} where they differ by the number of rows. */
function merge(few: unknown, more: unknown, where: string): unknown {
  if (Object.is(few, more)) return few;
  const differ = (): never => {
    throw new InputError(`The model cannot be exported: ${where} depend on the number of rows.`);
  };
  if (typeof few === 'number' && typeof more === 'number') {
    return few / trialRows[0] === more / trialRows[1] && Number.isInteger(few) ? anyRows : differ();
  }
  if (few instanceof Float64Array && more instanceof Float64Array) {
    if (few.length === more.length)
      return few.every((value, i) => Object.is(value, more[i])) ? few : differ();
    // A tensor of the size of the batch, the same in every row.
    const row = few.length / trialRows[0];
    const isRepeated = (all: Float64Array) => all.every((value, i) => Object.is(value, few[i % row]));
    return Number.isInteger(row) && isRepeated(few) && isRepeated(more) ? few.subarray(0, row) : differ();
  }
  if (Array.isArray(few) && Array.isArray(more)) {
    if (few.length !== more.length) differ();
    return few.map((each, i) => merge(each, more[i], where));
  }
  if (typeof few !== 'object' || typeof more !== 'object' || !few || !more) return differ();
  const [keys, others] = [Object.keys(few), Object.keys(more)];
  if (keys.join() !== others.join()) differ();
  const pairs = keys.map((key) => [key, merge(few[key as never], more[key as never], where)]);
  return Object.fromEntries(pairs) as object;
}
