/** What the weights of each model begin as: zeros, or normal with the deviation that lets a signal keep its size. */
import { expect, test } from '@jest/globals';
import { models } from '../../models/index.ts';
import { defaultsOf, type OptionValue } from '../../src/model/definition.ts';
import { RandomState } from '../../src/utils/random.ts';

function initial(name: string, options: Record<string, OptionValue>, features: number) {
  const model = models[name].create({ ...defaultsOf(models[name]), ...options, asPrinted: false });
  return model.initial({ features, classes: 10, random: new RandomState(1) });
}

function deviationOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** He et al., 2015: √(2/inputs) before a ReLU; half of the variance before anything else. */
test.each<[string, Record<string, OptionValue>, number, Record<string, number>]>([
  [
    'mnist',
    { activation: 'relu', hidden: 64 },
    784,
    { hiddenWeights: Math.sqrt(2 / 784), outputWeights: 0.01 },
  ],
  ['mnist', { activation: 'sigmoid', hidden: 64 }, 784, { hiddenWeights: 0.01, outputWeights: 0.01 }],
  [
    'lenet',
    { filters: [32, 64] },
    784,
    {
      firstFilters: Math.sqrt(2 / 25),
      secondFilters: Math.sqrt(2 / (25 * 32)),
      outputWeights: Math.sqrt(1 / (16 * 64)),
    },
  ],
  [
    'mlp',
    { hidden: [64, 32], activation: 'relu' },
    100,
    {
      hidden1Weights: Math.sqrt(2 / 100),
      hidden2Weights: Math.sqrt(2 / 64),
      outputWeights: Math.sqrt(1 / 32),
    },
  ],
  [
    'mlp',
    { hidden: [64, 32], activation: 'tanh' },
    100,
    {
      hidden1Weights: Math.sqrt(1 / 100),
      hidden2Weights: Math.sqrt(1 / 64),
      outputWeights: Math.sqrt(1 / 32),
    },
  ],
  ['breast-cancer', { init: 'normal', units: 100 }, 30, { hiddenWeights: 1, outputWeights: 1 }],
])('%s with %j', (name, options, features, deviations) => {
  const parameters = initial(name, options, features);
  for (const [parameter, { values }] of Object.entries(parameters)) {
    const expected = deviations[parameter];
    if (expected === undefined) {
      expect(new Set(values)).toEqual(new Set([0]));
      continue;
    }
    const { mean, deviation } = deviationOf(values);
    // Five standard errors of what so many draws give.
    const room = 5 / Math.sqrt(2 * values.length);
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(Math.min(room, 0.25));
    expect(Math.abs(mean / expected)).toBeLessThan(2 * room);
  }
});
