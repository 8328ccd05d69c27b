import { models } from '../../models/index.ts';
import type { Preprocessing, TargetScale } from '../../src/data/dataset.ts';
import { defaultsOf, type OptionValue } from '../../src/model/definition.ts';
import type { Model } from '../../src/model/model.ts';
import type { ParameterSet } from '../../src/model/parameters.ts';
import { RandomState } from '../../src/utils/random.ts';
import type { SavedModel } from '../../src/weights/saved-model.ts';
import { toFileParameters } from '../../src/weights/weights.ts';

interface Wanted {
  options?: Record<string, OptionValue>;
  features: number;
  classNames: string[];
  preprocessing: Preprocessing;
  /** Of a regression. */
  target?: TargetScale;
  /** Used in place of the model of that name. */
  model?: Model;
  /** The parameters have more digits than single precision can hold. */
  inDouble?: boolean;
}

/** A model as if it had been trained: with parameters by chance, large enough to make all kinds of probabilities. */
export function savedModel(name: string, wanted: Wanted): SavedModel {
  const { options = {}, features, classNames, preprocessing, inDouble = false } = wanted;
  const definition = models[name];
  const all = { ...defaultsOf(definition), ...options };
  const model = wanted.model ?? definition.create({ ...all, asPrinted: false, classes: classNames.length });
  const random = new RandomState(5);
  const initial = model.initial({ features, classes: classNames.length, random });
  const parameters: ParameterSet = Object.fromEntries(
    Object.entries(initial).map(([key, { shape, values }]) => {
      const inputs = values.length / shape.at(-1)!;
      const draws = random.normal(0, shape.length > 1 ? 1.5 / Math.sqrt(inputs) : 0.3, values.length);
      return [key, { shape, values: inDouble ? draws : draws.map(Math.fround) }];
    }),
  );
  const file: SavedModel['file'] = {
    format: 'backprop-zoo/weights',
    version: 1,
    model: name,
    options: all,
    asPrinted: false,
    classNames,
    parameters: toFileParameters(parameters, inDouble ? 'float64' : 'float32'),
    preprocessing,
    target: wanted.target,
    training: {},
    metrics: {},
  };
  return { file, definition, model, parameters, features };
}

const digits = Array.from('0123456789');
const vary = (count: number, from: number, step: number) =>
  Array.from({ length: count }, (_, i) => from + step * (i % 5));

const table = { kind: 'standardise', mean: vary(7, 1900, 25), scale: vary(7, 0.5, 3) } as const;

/** Every model of the zoo, in the size that it has in use. */
export const savedZoo: Record<string, () => SavedModel> = {
  gate: () =>
    savedModel('gate', {
      features: 2,
      classNames: ['0', '1'],
      preprocessing: { kind: 'none' },
      inDouble: true,
    }),
  xor: () => savedModel('xor', { features: 2, classNames: ['0', '1'], preprocessing: { kind: 'none' } }),
  'xor-composed': () =>
    savedModel('xor-composed', { features: 2, classNames: ['0', '1'], preprocessing: { kind: 'none' } }),
  points: () =>
    savedModel('points', { features: 2, classNames: ['inside', 'outside'], preprocessing: { kind: 'none' } }),
  cats: () =>
    savedModel('cats', {
      features: 12288,
      classNames: ['non-cat', 'cat'],
      preprocessing: { kind: 'image', height: 64, width: 64, channels: 3, divisor: 255 },
    }),
  'breast-cancer': () =>
    savedModel('breast-cancer', {
      features: 30,
      classNames: ['malignant', 'benign'],
      preprocessing: { kind: 'standardise', mean: vary(30, 0.1, 160), scale: vary(30, 0.01, 70) },
    }),
  softmax: () =>
    savedModel('softmax', {
      features: 784,
      classNames: digits,
      preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
    }),
  'mnist, relu': () =>
    savedModel('mnist', {
      features: 784,
      classNames: digits,
      preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
    }),
  'mnist, sigmoid': () =>
    savedModel('mnist', {
      options: { activation: 'sigmoid', hidden: 64 },
      features: 784,
      classNames: digits,
      preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
    }),
  'mlp, binary': () =>
    savedModel('mlp', {
      options: { hidden: [16, 8], activation: 'tanh', dropout: 0.3 },
      features: 7,
      classNames: ['no', 'yes'],
      preprocessing: table,
    }),
  'mlp, classes': () =>
    savedModel('mlp', { features: 7, classNames: ['low', 'middle', 'high'], preprocessing: table }),
  'mlp, regression': () =>
    savedModel('mlp', {
      options: { hidden: [5, 4, 3], activation: 'sigmoid' },
      features: 7,
      classNames: ['price'],
      preprocessing: table,
      target: { mean: 250_000, scale: 40_000 },
    }),
  'mlp, cells of a table': () =>
    savedModel('mlp', {
      options: { hidden: [6] },
      features: 8,
      classNames: ['no', 'yes'],
      preprocessing: {
        kind: 'table',
        columns: [
          { name: 'age', mean: 40, scale: 12 },
          { name: "colour's name", categories: ['red', 'blue \\ "dark"', '3'], fill: 'red' },
          { name: 'year', mean: 1990, scale: 7, fill: 1990 },
          { name: 'weight', mean: 70, scale: 9 },
          { name: 'member', categories: ['false', 'true'] },
        ],
      },
    }),
  lenet: () =>
    savedModel('lenet', {
      features: 784,
      classNames: digits,
      preprocessing: { kind: 'image', height: 28, width: 28, channels: 1, divisor: 255 },
    }),
};

/** A model of sequences, small. */
const sequenceModel = (name: string, options: Record<string, OptionValue>, context = 5): SavedModel =>
  savedModel(name, {
    options: { context, ...options },
    features: context,
    classNames: [...'abcdef', '<end>'],
    preprocessing: { kind: 'tokens', context, boundary: 6 },
  });

const recurrent = { embedding: 3, hidden: 4 };
const transformer = { layers: 2, heads: 2, width: 8 };

/** Models of sequences, which take tokens. */
export const savedSequences: Record<string, () => SavedModel> = {
  bigram: () => sequenceModel('bigram', {}),
  rnn: () => sequenceModel('rnn', recurrent),
  lstm: () => sequenceModel('lstm', recurrent),
  gru: () => sequenceModel('gru', recurrent),
  'gpt as in microgpt': () => sequenceModel('gpt', transformer),
  'gpt as in GPT-2': () => sequenceModel('gpt', { ...transformer, norm: 'layer', activation: 'gelu' }),
  'gpt of one token': () => sequenceModel('gpt', transformer, 1),
  'lstm of one token': () => sequenceModel('lstm', recurrent, 1),
};
