/** A trained model as one Python file that needs NumPy alone. */
import type { ParameterValues } from '../../core/initial-values.ts';
import type { SavedModel } from '../saved-model.ts';
import {
  arraysOf,
  base64Lines,
  fitsSinglePrecision,
  linesOf,
  titleOf,
  type Expression,
  type Language,
} from './code.ts';
import { columnsOf, pythonText, tableReader } from './python-inputs.ts';
import { largestEnd, type Graph, type Op, type Step } from './graph.ts';

const operand = ({ text, isLoose }: Expression): string => (isLoose ? `(${text})` : text);

const infix =
  (sign: string) =>
  (inputs: Expression[]): Expression => ({ text: inputs.map(operand).join(` ${sign} `), isLoose: true });

const call =
  (name: string) =>
  (inputs: Expression[], given: string[]): Expression => ({
    text: `${name}(${[...inputs.map(({ text }) => text), ...given].join(', ')})`,
  });

const numbers = (list: unknown): string => `[${(list as number[]).join(', ')}]`;

const reduction =
  (name: string) =>
  ([x]: Expression[], _: string[], { attributes }: Step): Expression => ({
    text: `${name}(${x.text}, tuple(${numbers(attributes.axes)}), keepdims=${attributes.keep ? 'True' : 'False'})`,
  });

const sliced = ([x]: Expression[], _: string[], { attributes }: Step): Expression => {
  const [begin, end] = [attributes.begin, attributes.end] as number[][];
  const places = begin.map((from, d) => `${from || ''}:${end[d] === largestEnd ? '' : end[d]}`);
  return { text: `${operand(x)}[${places.join(', ')}]` };
};

/** Each step as an expression of NumPy, or of a function below. */
const expressions: Record<Op, (inputs: Expression[], given: string[], step: Step) => Expression> = {
  abs: call('np.abs'),
  elu: call('elu'),
  exp: call('np.exp'),
  log: call('np.log'),
  negative: ([x]) => ({ text: `-${operand(x)}`, isLoose: true }),
  reciprocal: ([x]) => ({ text: `1 / ${operand(x)}`, isLoose: true }),
  relu: ([x]) => ({ text: `np.maximum(${x.text}, 0)` }),
  sigmoid: call('sigmoid'),
  sign: call('np.sign'),
  softmax: call('softmax'),
  softplus: ([x]) => ({ text: `np.logaddexp(0, ${x.text})` }),
  sqrt: call('np.sqrt'),
  square: call('np.square'),
  tanh: call('np.tanh'),
  clip: call('np.clip'),
  add: infix('+'),
  subtract: infix('-'),
  multiply: infix('*'),
  divide: infix('/'),
  maximum: call('np.maximum'),
  minimum: call('np.minimum'),
  power: call('np.power'),
  equal: ([a, b]) => ({ text: `(${operand(a)} == ${operand(b)}).astype(float)` }),
  matMul: infix('@'),
  transpose: call('np.transpose'),
  reshape: call('np.reshape'),
  concat: (inputs, [axis]) => ({
    text: `np.concatenate([${inputs.map(({ text }) => text).join(', ')}], ${axis})`,
  }),
  slice: sliced,
  sum: reduction('np.sum'),
  mean: reduction('np.mean'),
  max: reduction('np.max'),
  min: reduction('np.min'),
  convolution: call('convolution'),
  maxPool: call('max_pool'),
  averagePool: call('average_pool'),
};

const language: Language = {
  assignment: (name, value) => `    ${name} = ${value}`,
  expression(step, inputs) {
    const given = Object.values(step.attributes).map((value) =>
      Array.isArray(value) ? numbers(value) : String(value),
    );
    return expressions[step.op](inputs, given, step);
  },
};

const windows = `def windows(x, size, strides, pads, filling):
    """[batch, height, width, channels] to [batch, rows, columns, channels, *size]"""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=filling)
    all_places = np.lib.stride_tricks.sliding_window_view(x, size, (1, 2))
    return all_places[:, ::strides[0], ::strides[1]]`;

/** By the steps that need them. */
const helpers: Partial<Record<Op, string[]>> = {
  elu: [`def elu(x):\n    return np.where(x < 0, np.expm1(np.minimum(x, 0)), x)`],
  sigmoid: [`def sigmoid(x):\n    return np.exp(-np.logaddexp(0, -x))  # 1 / (1 + e⁻ˣ), without overflow`],
  softmax: [
    `def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)`,
  ],
  convolution: [
    windows,
    `def convolution(x, filters, strides, pads):
    """filters: [height, width, in, out]"""
    places = windows(x, filters.shape[:2], strides, pads, 0)
    return np.tensordot(places, filters, ((4, 5, 3), (0, 1, 2)))`,
  ],
  maxPool: [
    windows,
    `def max_pool(x, size, strides, pads):\n    return windows(x, size, strides, pads, -np.inf).max((4, 5))`,
  ],
  averagePool: [
    windows,
    `def average_pool(x, size, strides, pads):
    return np.nanmean(windows(x, size, strides, pads, np.nan), (4, 5))`,
  ],
};

/** Fewer are written as numbers that people can read. */
const mostReadable = 64;

function arrayText(name: string, { shape, values }: ParameterValues): string {
  if (values.length <= mostReadable)
    return `${name} = np.reshape([${Array.from(values, (v) => (Object.is(v, -0) ? '-0.0' : String(v))).join(', ')}], ${numbers(shape)}).astype(float)`;
  const type = fitsSinglePrecision(values) ? '<f4' : '<f8';
  return (
    `${name} = np.frombuffer(base64.b64decode('''\n${base64Lines(values).join('\n')}\n` +
    `'''), '${type}').reshape(${numbers(shape)}).astype(float)`
  );
}

export function pythonOf(saved: SavedModel, graph: Graph): string {
  const { features, input, output, steps } = graph;
  const needed = new Set(steps.flatMap(({ op }) => helpers[op] ?? []));
  const arrays = arraysOf(graph);
  const hasBytes = arrays.some(([, { values }]) => values.length > mostReadable);
  const { preprocessing } = saved.file;
  const isTable = preprocessing.kind === 'table';
  const answer = saved.model.task === 'regression' ? aNumber : aClass;
  const parts = [
    `"""${titleOf(saved)}

As a module: \`predict(rows)\`. As a program: JSON lists of numbers on standard input, a JSON line for each on standard output.
"""
${hasBytes ? 'import base64\n' : ''}import json
import sys

import numpy as np

CLASS_NAMES = json.loads(${pythonText(JSON.stringify(saved.file.classNames))})
FEATURES = ${features}${isTable ? `\n${columnsOf(preprocessing)}` : ''}`,
    `def compute(rows):
    """${answer.about}, for raw inputs [rows, ${features}]: nothing need be scaled."""
    ${input} = np.asarray(${isTable ? 'numbers_in(rows)' : 'rows'}, dtype=float)
    if ${input}.ndim != 2 or ${input}.shape[1] != FEATURES:
        raise ValueError(f'rows of {FEATURES} numbers are needed, not an array of shape {${input}.shape}')
${linesOf(graph, language).join('\n')}
    return ${output}`,
    answer.predict,
    ...(isTable ? [tableReader] : []),
    ...needed,
    arrays.map(([name, array]) => arrayText(name, array)).join('\n'),
    `if __name__ == '__main__':
    given = [json.loads(line) for line in sys.stdin if line.strip()]
    for row in compute(given) if given else []:
        print(json.dumps(${answer.line}))`,
  ];
  return `${parts.join('\n\n\n')}\n`;
}

const aClass = {
  about: 'The probability of each class, [rows, classes]',
  predict: `def predict(rows):
    """The most probable class of each row, by name."""
    return [CLASS_NAMES[i] for i in compute(rows).argmax(axis=1)]`,
  line: `{'label': CLASS_NAMES[row.argmax()], 'probabilities': row.tolist()}`,
};

const aNumber = {
  about: 'What is predicted, in its own unit, [rows, 1]',
  predict: `def predict(rows):
    """A number for each row."""
    return compute(rows)[:, 0]`,
  line: `{'value': float(row[0])}`,
};
