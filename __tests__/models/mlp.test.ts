/** What mlp has besides gradients: dropout and regression. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { models } from '../../models/index.ts';
import { useBackend } from '../../src/backend/index.ts';
import { dataFromRows } from '../../src/data/data-from-rows.ts';
import { defaultsOf } from '../../src/model/definition.ts';
import { gradientSources } from '../../src/model/gradients.ts';
import { toVariables } from '../../src/model/parameters.ts';
import { RandomState } from '../../src/utils/random.ts';
import { defaultRecipe } from '../../src/model/recipe.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import { predict } from '../../src/evaluation/predict.ts';
import { RegressionTally } from '../../src/evaluation/regression.ts';
import { train } from '../../src/training/train.ts';
import type { TrainingState } from '../../src/training/types.ts';
import { clouds } from '../helpers/toy.ts';

const { mlp } = models;
const create = (options: object, classes = 2) =>
  mlp.create({ ...defaultsOf(mlp), ...options, asPrinted: false, classes });
const recipe = { ...defaultRecipe, epochs: 2, batchSize: 8, learningRate: 0.05, seed: 4 };

beforeAll(async () => {
  await useBackend('float64');
});

describe('dropout', () => {
  const model = create({ hidden: [4, 3], activation: 'tanh', dropout: 0.4 });
  const examples = clouds(20, { features: 4 });
  const options = { recipe, gradients: gradientSources.manual, classes: 2 };

  test('uses the same masks by hand, by autodiff and by differences', async () => {
    const [manual, autodiff, numeric] = await Promise.all(
      (['manual', 'autodiff', 'numeric'] as const).map((source) =>
        train(model, { train: examples }, { ...options, gradients: gradientSources[source] }),
      ),
    );
    for (const [name, { values }] of Object.entries(manual.parameters)) {
      for (const [i, value] of values.entries()) {
        expect(autodiff.parameters[name].values[i]).toBeCloseTo(value, 12);
        expect(numeric.parameters[name].values[i]).toBeCloseTo(value, 6);
      }
    }
  });

  test('resumes in the middle of an epoch with the same masks', async () => {
    let state: TrainingState | undefined;
    const whole = await train(model, { train: examples }, options);
    await train(
      model,
      { train: examples },
      { ...options, checkpointDue: (step) => step === 4, onCheckpoint: (s) => void (state ??= s) },
    );
    const resumed = await train(model, { train: examples }, { ...options, resumeFrom: state });
    expect(resumed.parameters).toEqual(whole.parameters);
  });

  test('draws new masks at every step of every epoch', async () => {
    const drawn: string[] = [];
    const watched = {
      ...model,
      dropoutMasks: (...args: Parameters<NonNullable<typeof model.dropoutMasks>>) => {
        const masks = model.dropoutMasks!(...args);
        drawn.push(masks.hidden1.values.join());
        return masks;
      },
    };
    await train(
      watched,
      { train: examples },
      { ...options, recipe: { ...recipe, epochs: 4, batchSize: 10 } },
    );
    expect(drawn).toHaveLength(8);
    expect(new Set(drawn).size).toBe(8);
  });

  test('sets about 40 % of the units to 0, scales the others, and is off in predictions', () => {
    const { hidden1 } = model.dropoutMasks!(2000, new RandomState(1));
    expect(hidden1.shape).toEqual([2000, 4]);
    const silent = hidden1.values.filter((value) => value === 0).length / hidden1.values.length;
    expect(silent).toBeCloseTo(0.4, 1);
    expect(new Set(hidden1.values)).toEqual(new Set([0, 1 / 0.6]));
    const set = create({ hidden: [4, 3] }).initial({ features: 4, classes: 2, random: new RandomState(1) });
    const x = new Float64Array(4).fill(0.5);
    const names = { classNames: ['a', 'b'] };
    const whole = create({ hidden: [4, 3], activation: 'tanh' });
    expect(predict(model, set, x, 4, names)).toEqual(predict(whole, set, x, 4, names));
  });
});

describe('regression', () => {
  const random = new RandomState(2);
  const draw = (rows: number) => {
    const inputs = Array.from({ length: rows }, () => [random.gaussian(), random.gaussian()]);
    return { inputs, labels: inputs.map(([a, b]) => 1000 + 200 * a - 100 * b * b) };
  };
  const data = dataFromRows({ name: 'hill', classNames: ['height'], train: draw(80), test: draw(40) });

  test('learns large numbers and reports errors in their unit', async () => {
    const model = create({ hidden: [8], activation: 'tanh' }, 1);
    const { parameters: set } = await train(model, data, {
      recipe: { ...recipe, epochs: 40, optimizer: 'adam', learningRate: 0.05 },
      gradients: gradientSources.manual,
      classes: 1,
    });
    const metrics = evaluate(model, toVariables(set), data.test, 1);
    expect(metrics).toMatchObject({ r2: expect.any(Number) as unknown });
    const { r2, rmse, mae } = metrics as unknown as { r2: number; rmse: number; mae: number };
    expect(r2).toBeGreaterThan(0.9);
    const [{ value, label }] = predict(model, set, Float64Array.of(0, 0), 2, {
      classNames: ['height'],
      target: data.train.target,
    });
    expect(Math.abs(value! - 1000)).toBeLessThan(4 * rmse);
    expect(label).toBe(String(value));
    expect(mae).toBeLessThan(rmse);
  });

  test('scores as scikit-learn does', () => {
    // from sklearn.metrics import *; t, p = [3, -.5, 2, 7], [2.5, 0, 2, 8]; the example of its own documentation:
    // mean_absolute_error(t, p) = 0.5, mean_squared_error(t, p) = 0.375, r2_score(t, p) = 0.948608137044968
    const tally = new RegressionTally({ mean: 2, scale: 2 });
    const outputs = [2.5, 0, 2, 8].map((value) => (value - 2) / 2);
    tally.add(Float64Array.from(outputs.slice(0, 1)), Float64Array.of(3));
    tally.add(Float64Array.from(outputs.slice(1)), Float64Array.of(-0.5, 2, 7));
    const { rmse, mae, r2 } = tally.metrics();
    expect(mae).toBeCloseTo(0.5, 14);
    expect(rmse).toBeCloseTo(Math.sqrt(0.375), 14);
    expect(r2).toBeCloseTo(0.948608137044968, 14);
  });

  test('is not trained on classes, nor a classifier on numbers', async () => {
    const options = { recipe, gradients: gradientSources.manual };
    await expect(train(create({}, 1), { train: clouds(9) }, { ...options, classes: 2 })).rejects.toThrow(
      'mlp (regression) is a regression model; the data has 2 classes.',
    );
    await expect(train(create({}, 2), data, { ...options, classes: 1 })).rejects.toThrow(
      'mlp is a classifier; the data has a numeric target. Use a regression model, such as mlp.',
    );
  });
});

test('has as many hidden layers as given, even none', () => {
  const names = (hidden: number[]) =>
    Object.keys(create({ hidden }, 3).initial({ features: 4, classes: 3, random: new RandomState(1) }));
  expect(names([])).toEqual(['outputWeights', 'outputBias']);
  expect(names([3, 2])).toEqual([
    ...['hidden1Weights', 'hidden1Bias', 'hidden2Weights', 'hidden2Bias'],
    ...['outputWeights', 'outputBias'],
  ]);
});
