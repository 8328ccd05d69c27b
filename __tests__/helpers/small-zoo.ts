import { models } from '../../models/index.ts';
import type { Model } from '../../src/model/model.ts';
import { defaultsOf, type OptionValue } from '../../src/model/definition.ts';

export interface SmallModel {
  title: string;
  model: Model;
  features: number;
  classes: number;
  withoutPenalty?: Model;
}

export const createModel = (
  name: string,
  options: Record<string, OptionValue> = {},
  classes?: number,
): Model =>
  models[name].create({
    ...defaultsOf(models[name]),
    ...options,
    asPrinted: false,
    ...(classes && { classes }),
  });

/** Every model, small; with every kind of hidden unit and penalty. */
export const smallZoo: SmallModel[] = [
  { title: 'gate', model: createModel('gate'), features: 2, classes: 2 },
  { title: 'xor-composed', model: createModel('xor-composed'), features: 2, classes: 2 },
  { title: 'xor', model: createModel('xor'), features: 2, classes: 2 },
  { title: 'points', model: createModel('points'), features: 2, classes: 2 },
  { title: 'cats', model: createModel('cats'), features: 7, classes: 2 },
  {
    title: 'breast-cancer',
    model: createModel('breast-cancer', { units: 3, l1: 0.1, l2: 0.2 }),
    withoutPenalty: createModel('breast-cancer', { units: 3, l1: 0, l2: 0 }),
    features: 5,
    classes: 2,
  },
  {
    title: 'mnist, relu',
    model: createModel('mnist', { hidden: 4, activation: 'relu' }),
    features: 5,
    classes: 3,
  },
  {
    title: 'mnist, sigmoid',
    model: createModel('mnist', { hidden: 4, activation: 'sigmoid' }),
    features: 5,
    classes: 3,
  },
  { title: 'softmax', model: createModel('softmax'), features: 5, classes: 3 },
  {
    title: 'mlp, relu',
    model: createModel('mlp', { hidden: [3, 3], l1: 0.1, l2: 0.2 }),
    withoutPenalty: createModel('mlp', { hidden: [3, 3] }),
    features: 5,
    classes: 2,
  },
  {
    title: 'mlp, tanh with dropout',
    model: createModel('mlp', { hidden: [6, 7], activation: 'tanh', dropout: 0.3 }, 3),
    features: 5,
    classes: 3,
  },
  {
    title: 'mlp, regression by sigmoids',
    model: createModel('mlp', { hidden: [4, 3], activation: 'sigmoid' }, 1),
    features: 5,
    classes: 1,
  },
  // As small as two convolutions of 5×5 with pooling can be.
  { title: 'lenet', model: createModel('lenet', { filters: [2, 2] }), features: 16 * 16, classes: 3 },
];

/** Every model of sequences, of four tokens. */
export const smallSequences: SmallModel[] = [
  { title: 'bigram', model: createModel('bigram') },
  ...['rnn', 'lstm', 'gru'].map((title) => ({
    title,
    model: createModel(title, { embedding: 3, hidden: 3 }),
  })),
  { title: 'gpt, rms', model: createModel('gpt', { width: 4, heads: 2 }) },
  {
    title: 'gpt, layer',
    model: createModel('gpt', { width: 4, heads: 2, norm: 'layer', activation: 'gelu' }),
  },
].map((small) => ({ ...small, features: 4, classes: 5 }));
