/** Every model's gradients by hand against autodiff and central differences, in double precision. */
import { beforeAll, expect, test } from '@jest/globals';
import { drawPoints } from '../../datasets/points.ts';
import { truthTable } from '../../datasets/logic-gates.ts';
import { models } from '../../models/index.ts';
import { useBackend } from '../../src/backend/index.ts';
import type { Examples } from '../../src/data/dataset.ts';
import type { OptionValue } from '../../src/model/definition.ts';
import { difference, gradientsOf, randomParameters } from '../helpers/gradients.ts';
import { clouds } from '../helpers/toy.ts';

interface Case {
  model: string;
  options?: Record<string, OptionValue>;
  asPrinted?: boolean;
  examples: Examples;
  classes?: number;
}

const rows = clouds(13, { features: 6 });
const digits = clouds(9, { features: 6, classes: 3 });
/** Numbers to predict, far from 0 and 1: the network must see them scaled. */
const heights: Examples = {
  ...rows,
  labels: Float64Array.from(rows.labels, (label, row) => 100 * label + row),
  target: { mean: 60, scale: 50 },
};
const givenValues = {
  hiddenWeights: [2, -2, 1, 1],
  hiddenBias: [1, 1],
  outputWeights: [10, 10],
  outputBias: [1],
};

const cases: Case[] = [
  { model: 'gate', examples: truthTable('and') },
  { model: 'gate', examples: truthTable('xor') },
  { model: 'xor', examples: truthTable('xor') },
  { model: 'xor-composed', examples: truthTable('xor') },
  { model: 'points', options: givenValues, examples: drawPoints(40, 5) },
  { model: 'cats', examples: rows },
  { model: 'breast-cancer', options: { units: 4, l1: 0, l2: 0, init: 'ones' }, examples: rows },
  { model: 'breast-cancer', options: { units: 4, l1: 0.3, l2: 0, init: 'ones' }, examples: rows },
  { model: 'breast-cancer', options: { units: 10, l1: 0.3, l2: 0.7, init: 'normal' }, examples: rows },
  { model: 'mnist', options: { hidden: 5, activation: 'sigmoid' }, examples: digits, classes: 3 },
  { model: 'mnist', options: { hidden: 5, activation: 'relu' }, examples: digits, classes: 3 },
  { model: 'softmax', examples: digits, classes: 3 },
  // With 17×17 pixels each pooling leaves out the last row and column.
  ...[256, 289].map((features) => ({
    model: 'lenet',
    options: { filters: [2, 1] },
    examples: clouds(2, { features, classes: 3 }),
    classes: 3,
  })),
  ...[
    { hidden: [4], activation: 'sigmoid', l1: 0.3, l2: 0.7, dropout: 0 },
    { hidden: [4, 3], activation: 'tanh', l1: 0, l2: 0.7, dropout: 0 },
    { hidden: [5, 4], activation: 'relu', l1: 0, l2: 0, dropout: 0 },
  ].flatMap((options): Case[] => [
    { model: 'mlp', options, examples: rows },
    { model: 'mlp', options, examples: digits, classes: 3 },
    { model: 'mlp', options, examples: heights, classes: 1 },
  ]),
  {
    model: 'mnist',
    options: { hidden: 5, activation: 'sigmoid' },
    asPrinted: true,
    examples: digits,
    classes: 3,
  },
];

const describeCase = ({ model, options, asPrinted }: Case): string =>
  `${model} ${JSON.stringify(options ?? {})}${asPrinted ? ' as printed' : ''}`;

beforeAll(async () => {
  await useBackend('float64');
});

test.each(cases.map((it) => [describeCase(it), it] as const))('%s: all three gradients agree', (_, it) => {
  const { examples, classes = 2 } = it;
  const model = models[it.model].create({ ...it.options, asPrinted: it.asPrinted ?? false, classes });
  const set = randomParameters(model, examples.features, classes, 1);
  const { manual, autodiff, numeric } = gradientsOf(model, set, examples, classes);
  expect(Object.keys(manual.gradients)).toEqual(Object.keys(set));
  expect(difference([manual.loss], [autodiff.loss])).toBeLessThan(1e-13);
  for (const name of Object.keys(set)) {
    const byHand = manual.gradients[name];
    expect([name, difference(byHand, autodiff.gradients[name]) < 1e-12]).toEqual([name, true]);
    expect([name, difference(byHand, numeric.gradients[name]) < 1e-8]).toEqual([name, true]);
  }
});

test('document 003 as printed: every hidden bias moves by the sum over all units, which the check shows', () => {
  const options = { units: 4, l1: 0, l2: 0.01, init: 'ones' };
  const printed = models['breast-cancer'].create({ ...options, asPrinted: true });
  const set = randomParameters(printed, 6, 2, 7);
  const { manual, autodiff } = gradientsOf(printed, set, rows, 2);
  const right = Array.from(autodiff.gradients.hiddenBias);
  const sum = right.reduce((a, b) => a + b, 0);
  for (const value of manual.gradients.hiddenBias) expect(value).toBeCloseTo(sum, 12);
  expect(difference(manual.gradients.hiddenBias, right)).toBeGreaterThan(0.1);
  for (const name of ['hiddenWeights', 'outputWeights', 'outputBias'])
    expect(difference(manual.gradients[name], autodiff.gradients[name])).toBeLessThan(1e-12);
});
