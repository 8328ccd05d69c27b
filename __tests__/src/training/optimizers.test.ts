import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { disposeAll, toValues, toVariables } from '../../../src/model/parameters.ts';
import { optimizerNames } from '../../../src/model/recipe.ts';
import { tensorOf } from '../../../src/utils/tensors.ts';
import { tf } from '../../../src/utils/tf.ts';
import { clipGradients, createOptimizer, type Optimizer } from '../../../src/training/optimizers.ts';

const shape = [2, 3];
const initial = { weights: { shape, values: new Float64Array([1, -2, 3, 0.5, 0.1, -0.7]) } };

/** The gradient of a step: any numbers, the same in every test. */
const gradientOf = (step: number) => Float64Array.from({ length: 6 }, (_, i) => Math.sin(7 * step + i));

function applyStep(
  optimizer: Optimizer,
  variables: ReturnType<typeof toVariables>,
  step: number,
  learningRate: number,
) {
  const gradients = { weights: tensorOf(gradientOf(step), shape) };
  optimizer.apply(variables, gradients, learningRate);
  disposeAll(gradients);
}

const weightsOf = (variables: ReturnType<typeof toVariables>) =>
  Array.from(toValues(variables).weights.values);

/** The weights after one step per learning rate. Disposes everything, the optimizer included. */
function weightsAfter(optimizer: Optimizer, learningRates: number[]): number[] {
  const variables = toVariables(initial);
  learningRates.forEach((rate, step) => applyStep(optimizer, variables, step, rate));
  const weights = weightsOf(variables);
  disposeAll(variables);
  optimizer.dispose();
  return weights;
}

test.each([
  ['sgd', 0],
  ['momentum', 0.9],
] as const)('%s computes v ← μ·v + g, w ← w − η·v to the last bit in float64', async (name, momentum) => {
  await useBackend('float64');
  const anyRates = fc.array(fc.constantFrom(0.1, 0.05, 1 / 3), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyRates, (rates) => {
      const weights = Array.from(initial.weights.values);
      const velocity = new Float64Array(6);
      rates.forEach((rate, step) => {
        gradientOf(step).forEach((gradient, i) => {
          velocity[i] = gradient + momentum * velocity[i];
          weights[i] += -rate * velocity[i];
        });
      });
      expect(weightsAfter(createOptimizer(name), rates)).toEqual(weights);
    }),
    { numRuns: 30 },
  );
});

describe.each(['wasm', 'cpu'] as const)('momentum on %s', (backend) => {
  const rates = [0.1, 0.1, 0.05, 0.05, 0.2];

  test('agrees with tf.train.momentum within float32', async () => {
    await useBackend(backend);
    const reference = tf.train.momentum(0.1, 0.9);
    const variable = tf.variable(tensorOf(initial.weights.values, shape));
    rates.forEach((rate, step) => {
      reference.setLearningRate(rate);
      reference.applyGradients([{ name: variable.name, tensor: tensorOf(gradientOf(step), shape) }]);
    });
    const expected = Array.from(variable.dataSync(), (value): unknown => expect.closeTo(value, 5));
    expect(weightsAfter(createOptimizer('momentum'), rates)).toEqual(expected);
  });
});

describe.each(optimizerNames)('%s', (name) => {
  test('uses the learning rate of each step: doubling the second one doubles the second update', async () => {
    await useBackend('cpu');
    const afterFirst = weightsAfter(createOptimizer(name), [0.01]);
    const secondUpdate = (rate: number) =>
      weightsAfter(createOptimizer(name), [0.01, rate]).map((weight, i) => weight - afterFirst[i]);
    const [update, doubled] = [secondUpdate(0.02), secondUpdate(0.04)];
    update.forEach((change, i) => expect(doubled[i] / change).toBeCloseTo(2, 2));
    expect(Math.min(...update.map(Math.abs))).toBeGreaterThan(1e-5);
  });

  test('continues bit for bit from a restored state, and leaves no tensor behind', async () => {
    await useBackend('cpu');
    const before = tf.memory().numTensors;
    const variables = toVariables(initial);
    const first = createOptimizer(name);
    applyStep(first, variables, 0, 0.1);
    const weightsAtSave = weightsOf(variables);
    const state = await first.state();
    await first.state(); // must not change anything
    applyStep(first, variables, 1, 0.1);
    const uninterrupted = weightsOf(variables);
    first.dispose();

    const saved = tensorOf(Float64Array.from(weightsAtSave), shape);
    variables.weights.assign(saved);
    saved.dispose();
    const second = createOptimizer(name);
    await second.restore(state);
    applyStep(second, variables, 1, 0.1);
    expect(weightsOf(variables)).toEqual(uninterrupted);

    second.dispose();
    disposeAll(variables);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('adam with settings of its own computes what its definition says, and weights of matrices alone decay', async () => {
  await useBackend('float64');
  const settings = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.2 };
  const rates = [0.1, 0.05, 0.3];
  const of = (shape: number[]) => ({ weights: { shape, values: initial.weights.values } });
  for (const [shape, decay] of [
    [[2, 3], 0.2],
    [[6], 0],
  ] as const) {
    const variables = toVariables(of([...shape]));
    const adam = createOptimizer('adam', settings);
    const expected = Array.from(initial.weights.values);
    const [m, v] = [new Float64Array(6), new Float64Array(6)];
    rates.forEach((rate, step) => {
      const gradients = { weights: tensorOf(gradientOf(step), [...shape]) };
      adam.apply(variables, gradients, rate);
      disposeAll(gradients);
      gradientOf(step).forEach((g, i) => {
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.95 * v[i] + 0.05 * g * g;
        const mean = m[i] / (1 - 0.8 ** (step + 1));
        const root = Math.sqrt(v[i] / (1 - 0.95 ** (step + 1)));
        expected[i] = expected[i] - rate * decay * expected[i] - (rate * mean) / (root + 1e-3);
      });
    });
    expect(weightsOf(variables)).toEqual(expected.map((weight): unknown => expect.closeTo(weight, 13)));
    disposeAll(variables);
    adam.dispose();
  }
});

test('moments of a weight without gradients end at 0 on wasm, not at numbers with fewer digits, which are slow', async () => {
  await useBackend('wasm');
  const variables = toVariables(initial);
  const adam = createOptimizer('adam');
  const noGradients = { weights: tf.zeros(shape) };
  applyStep(adam, variables, 0, 0.1);
  for (let step = 0; step < 2000; step++) adam.apply(variables, noGradients, 0.1);
  const state = await adam.state();
  expect(state['weights/m'].values).toEqual(new Array(6).fill(0));
  // Of the first weight the only gradient was 0, too.
  expect(Math.min(...state['weights/v'].values.slice(1))).toBeGreaterThan(1e-7);
  disposeAll(variables);
  tf.dispose(noGradients);
  adam.dispose();
});

test('clipping shortens all gradients alike to the largest norm, and leaves shorter ones as they are', async () => {
  await useBackend('float64');
  const before = tf.memory().numTensors;
  const clipped = (largest: number) => {
    const gradients = {
      a: tensorOf(Float64Array.of(3, 0), [2]),
      b: tensorOf(Float64Array.of(0, -4), [1, 2]),
    };
    clipGradients(gradients, largest);
    const values = Object.values(toValues(gradients)).flatMap(({ values }) => Array.from(values));
    disposeAll(gradients);
    return values;
  };
  expect(clipped(5)).toEqual([3, 0, 0, -4]);
  expect(clipped(1)).toEqual([0.6, 0, 0, -0.8].map((value): unknown => expect.closeTo(value, 14)));
  expect(tf.memory().numTensors).toBe(before);
});
