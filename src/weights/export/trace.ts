/** A saved model, preparation of its inputs included, as a graph of plain steps. */
import { onBackend } from '../../backend/index.ts';
import type { Preprocessing, TableInput } from '../../data/dataset.ts';
import type { ParameterValues } from '../../model/initializers.ts';
import type { Model, Tensors } from '../../model/model.ts';
import { withParameters } from '../../model/parameters.ts';
import { InputError } from '../../utils/errors.ts';
import { tensorOf, valuesOf } from '../../utils/tensors.ts';
import { type Tensor, tf } from '../../utils/tf.ts';
import { anyRows, type Graph, GraphBuilder, largestEnd } from './graph.ts';
import { addPlainSteps, broadcasts } from './kernels.ts';
import type { SavedModel } from '../saved-model.ts';

/** Which part of the whole. */
export interface GraphPart {
  /** `raw`: inputs as a user has them; `prepared`: as the first layer takes them. */
  from: 'raw' | 'prepared';
  /** `classes`: a probability for each class, or a prediction; `outputs`: of a binary model that of the second class alone. */
  to: 'classes' | 'outputs';
}

/**
 * Follows the model's own forward pass, so that no format need know any model.
 *
 * @throws InputError for a model that does what has no plain counterpart
 */
export async function graphOf(saved: SavedModel, { from, to }: GraphPart): Promise<Graph> {
  const { model, parameters, features, file } = saved;
  const { preprocessing, classNames } = file;
  const symbols = model.task === 'next-token' ? classNames.length : undefined;
  const recording = await onBackend('float64', {}, () =>
    withParameters(parameters, (variables) => recordForward(model, variables, features, symbols)),
  );
  const isTable = from === 'raw' && preprocessing.kind === 'table';
  const builder = new GraphBuilder(isTable ? preprocessing.columns.length : features, symbols !== undefined);
  const prepared = from === 'raw' ? prepare(builder, preprocessing) : builder.input;
  const logits = replay(builder, recording, prepared);
  if (symbols !== undefined) return builder.graph(ofPositions(builder, logits, symbols));
  const { mean = 0, scale = 1 } = file.target ?? {};
  const result =
    model.task === 'regression'
      ? inUnits(builder, logits, mean, scale)
      : probabilities(builder, logits, model.task as 'binary' | 'multiclass', to);
  return builder.graph(result);
}

/** Raw inputs as the first layer takes them. */
function prepare(builder: GraphBuilder, preprocessing: Preprocessing): string {
  switch (preprocessing.kind) {
    case 'none':
      return builder.input;
    case 'image': {
      const divisor = builder.number(preprocessing.divisor);
      return builder.add('divide', [builder.input, divisor], [anyRows, builder.features], {}, 'prepared');
    }
    case 'standardise':
      return standardised(builder, builder.input, preprocessing, ['centered', 'prepared']);
    case 'table':
      return prepareTable(builder, preprocessing.columns);
    case 'tokens':
      return builder.input;
  }
}

/** Appends what brings codes to what the first layer takes. @returns its name */
function prepareTable(builder: GraphBuilder, columns: readonly TableInput[]): string {
  const parts: string[] = [];
  for (let start = 0; start < columns.length;) {
    const first = columns[start];
    let end = start + 1;
    if (!('categories' in first)) while (end < columns.length && !('categories' in columns[end])) end++;
    const shape = [anyRows, end - start];
    const cells =
      shape[1] === columns.length
        ? builder.input
        : builder.add('slice', [builder.input], shape, { begin: [0, start], end: [largestEnd, end] });
    if ('categories' in first) parts.push(oneHot(builder, cells, first.categories.length));
    else {
      const run = columns.slice(start, end) as (typeof first)[];
      const [mean, scale] = [run.map((column) => column.mean), run.map((column) => column.scale)];
      parts.push(standardised(builder, cells, { mean, scale }));
    }
    start = end;
  }
  if (parts.length === 1) return builder.rename(parts[0], 'prepared');
  const width = parts.reduce((sum, part) => sum + builder.shapes[part][1], 0);
  return builder.add('concat', parts, [anyRows, width], { axis: 1 }, 'prepared');
}

function oneHot(builder: GraphBuilder, cells: string, count: number): string {
  const values = Float64Array.from({ length: count }, (_, k) => k);
  const codes = builder.constant('codes', { shape: [count], values });
  return builder.add('equal', [cells, codes], [anyRows, count]);
}

/** (x − mean) / scale. @param names of both results */
function standardised(
  builder: GraphBuilder,
  x: string,
  { mean, scale }: { mean: number[]; scale: number[] },
  names: [string?, string?] = [],
): string {
  const shape = [anyRows, mean.length];
  const vector = (name: string, values: number[]) =>
    builder.constant(name, { shape: [mean.length], values: Float64Array.from(values) });
  const centered = builder.add('subtract', [x, vector('means', mean)], shape, {}, names[0]);
  const result = builder.add('divide', [centered, vector('scales', scale)], shape, {}, names[1]);
  for (const step of builder.steps.slice(-2)) step.needsDouble = true;
  return result;
}

/** Appends what was recorded. @returns the name of the logits */
function replay(builder: GraphBuilder, { calls, shapes, names }: Recording, input: string): string {
  const named = new Map([[0, input]]);
  const told = new Map(Object.entries(names).map(([name, value]) => [value, name]));
  const constants = new Map<string, string>();
  const nameOf = (operand: Operand, kernel: string): string => {
    if ('value' in operand) {
      const name = named.get(operand.value);
      if (name === undefined)
        throw new InputError('The model uses the places of maxIndices, which no format has.');
      return name;
    }
    const known = operand.name === undefined ? undefined : constants.get(operand.name);
    if (known !== undefined) return known;
    const made = addConstant(builder, operand, broadcasts(kernel));
    if (operand.name !== undefined) constants.set(operand.name, made);
    return made;
  };
  for (const { kernel, inputs, attributes, outputs } of calls) {
    const operands = Object.entries(inputs).map(
      ([name, operand]) => [name, nameOf(operand, kernel)] as const,
    );
    const isSame = kernel === 'Identity' || kernel === 'Cast';
    const made = isSame
      ? [operands[0][1]]
      : addPlainSteps(
          { kernel, inputs: Object.fromEntries(operands), attributes, shapes: outputs.map((i) => shapes[i]) },
          builder,
        );
    made.forEach((name, i) => {
      const said = told.get(outputs[i]);
      named.set(outputs[i], said === undefined ? name : builder.rename(name, said));
    });
  }
  const logits = names.logits === undefined ? undefined : named.get(names.logits);
  if (logits === undefined) throw new InputError('The model’s outputs do not depend on its inputs.');
  return logits;
}

const firstColumn = { begin: [0, 0], end: [largestEnd, 1] };

function addConstant(
  builder: GraphBuilder,
  { constant, name }: Extract<Operand, { constant: unknown }>,
  isBroadcast: boolean,
): string {
  const isNumber = constant.shape.length === 0 && name === undefined;
  if (!constant.shape.includes(anyRows)) {
    return isNumber ? builder.number(constant.values[0]) : builder.constant(name ?? 'constant', constant);
  }
  // The same row for all: 0·(first column) + the row.
  const [rows, ...rest] = constant.shape;
  if (builder.takesTokens && isBroadcast && rows === anyRows && isOneRow(constant)) {
    return addOnce(builder, { shape: [1, ...rest], values: constant.values });
  }
  if (rows !== anyRows || rest.length !== 1 || !isOneRow(constant))
    throw new InputError('The model cannot be exported: it makes tensors of the size of the batch.');
  const first = builder.add('slice', [builder.input], [anyRows, 1], firstColumn);
  const zeros = builder.add('multiply', [first, builder.number(0)], [anyRows, 1]);
  const row = builder.constant('row', { shape: rest, values: constant.values });
  return builder.add('add', [zeros, row], [anyRows, ...rest]);
}

/** Whether the values are those of one row; where the rows are positions, they are those of a whole sequence. */
const isOneRow = ({ shape: [, ...rest], values }: ParameterValues): boolean =>
  values.length === tf.util.sizeFromShape(rest);

/** Masks are the same in every layer, and many constants are a single number. */
function addOnce(builder: GraphBuilder, { shape, values }: ParameterValues): string {
  const isNumber = values.every((value) => Object.is(value, values[0]));
  const [lengths, numbers] = isNumber ? [[], values.slice(0, 1)] : [shape, values];
  const known = Object.entries(builder.constants).find(
    ([, other]) =>
      other.shape.join() === lengths.join() && numbers.every((value, i) => Object.is(value, other.values[i])),
  );
  return (
    known?.[0] ?? builder.constant(isNumber ? 'number' : 'constant', { shape: lengths, values: numbers })
  );
}

/** The number that a regression predicts, in its own unit. */
function inUnits(builder: GraphBuilder, output: string, mean: number, scale: number): string {
  const shape = builder.shapes[output];
  const scaled = builder.add('multiply', [output, builder.number(scale)], shape);
  return builder.add('add', [scaled, builder.number(mean)], shape, {}, 'prediction');
}

/** For each position of each row a probability of each symbol: `[batch, T, symbols]`. */
function ofPositions(builder: GraphBuilder, logits: string, symbols: number): string {
  const shape = [anyRows, builder.features, symbols];
  const byRow = builder.add('reshape', [logits], shape, { shape });
  return builder.add('softmax', [byRow], shape, {}, 'probabilities');
}

/** One column a class, adding up to 1. Where a binary model has several outputs, the first decides. */
function probabilities(
  builder: GraphBuilder,
  logits: string,
  task: 'binary' | 'multiclass',
  to: GraphPart['to'],
): string {
  const shape = builder.shapes[logits];
  if (task === 'multiclass') return builder.add('softmax', [logits], shape, {}, 'probabilities');
  const column = [anyRows, 1];
  const deciding = shape[1] === 1 ? logits : builder.add('slice', [logits], column, firstColumn, 'deciding');
  const second = builder.add('sigmoid', [deciding], column, {}, 'probability');
  if (to === 'outputs') return second;
  const first = builder.add('subtract', [builder.number(1), second], column);
  return builder.add('concat', [first, second], [anyRows, 2], { axis: 1 }, 'probabilities');
}

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

/**
 * @param symbols of a model of tokens: how many there are
 * @throws InputError where the model's steps depend on how many rows there are
 */
export function recordForward(
  model: Model,
  parameters: Tensors,
  features: number,
  symbols?: number,
): Recording {
  const [few, more] = trialRows.map((rows) => recordOnce(model, parameters, [rows, features], symbols));
  const merged = merge(few, more, 'its steps');
  return merged as Recording;
}

function recordOnce(model: Model, parameters: Tensors, shape: [number, number], symbols?: number): Recording {
  const engine = tf.engine();
  const recording: Recording = { calls: [], shapes: [shape], names: {} };
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
    const values = Float64Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(1 + i));
    const x =
      symbols === undefined
        ? tensorOf(values, shape)
        : tf.tensor(
            Int32Array.from(values, (value) => Math.floor((symbols * (value + 1)) / 2)),
            shape,
            'int32',
          );
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
