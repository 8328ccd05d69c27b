import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useBackend } from '../../../src/backend/index.ts';
import { createOptimizer } from '../../../src/training/optimizers.ts';
import { disposeAll, toValues, toVariables } from '../../../src/model/parameters.ts';
import { tensorOf } from '../../../src/utils/tensors.ts';
import { tf } from '../../../src/utils/tf.ts';

const parameters = { weights: { shape: [2, 3], values: new Float64Array([1, -2, 3, 0.5, 0.1, -0.7]) } };
const gradientAt = (step: number) => Float64Array.from({ length: 6 }, (_, i) => Math.sin(7 * step + i));

/** The weights after some steps with the given rates. */
function walk(optimizer: ReturnType<typeof createOptimizer>, rates: number[]): Float64Array {
  const variables = toVariables(parameters);
  rates.forEach((rate, step) => {
    const gradients = { weights: tensorOf(gradientAt(step), [2, 3]) };
    optimizer.apply(variables, gradients, rate);
    disposeAll(gradients);
  });
  const { values } = toValues(variables).weights;
  disposeAll(variables);
  return Float64Array.from(values);
}

const someRates = fc.array(fc.constantFrom(0.1, 0.05, 1 / 3), { minLength: 1, maxLength: 6 });

test.each([
  ['sgd', 0],
  ['momentum', 0.9],
] as const)('%s follows its formula to the last bit in float64', async (name, momentum) => {
  await useBackend('float64');
  fc.assert(
    fc.property(someRates, (rates) => {
      const optimizer = createOptimizer(name, rates[0]);
      const moved = walk(optimizer, rates);
      optimizer.dispose();
      const expected = parameters.weights.values.slice();
      const velocity = new Float64Array(6);
      rates.forEach((rate, step) => {
        gradientAt(step).forEach((slope, i) => {
          velocity[i] = slope + momentum * velocity[i];
          expected[i] += -rate * velocity[i];
        });
      });
      expect(Array.from(moved)).toEqual(Array.from(expected));
    }),
    { numRuns: 30 },
  );
});

test.each(['wasm', 'cpu'] as const)(
  'momentum goes where that of TensorFlow.js goes, and leaves nothing, on %s',
  async (backend) => {
    await useBackend(backend);
    const before = tf.memory().numTensors;
    const rates = [0.1, 0.1, 0.05, 0.05, 0.2];
    const optimizer = createOptimizer('momentum', 0.1);
    const moved = walk(optimizer, rates);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);

    const theirs = tf.train.momentum(0.1, 0.9);
    const variable = tf.variable(tensorOf(parameters.weights.values, [2, 3]));
    rates.forEach((rate, step) => {
      theirs.setLearningRate(rate);
      theirs.applyGradients([{ name: variable.name, tensor: tensorOf(gradientAt(step), [2, 3]) }]);
    });
    expect(Array.from(moved)).toEqual(
      Array.from(variable.dataSync()).map((value): unknown => expect.closeTo(value, 5)),
    );
  },
);

test.each(['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const)(
  '%s goes as far in its second step as the rate of that step says',
  async (name) => {
    await useBackend('cpu');
    const second = (rate: number) => {
      const walked = (rates: number[]) => {
        const optimizer = createOptimizer(name, 0.01);
        const values = walk(optimizer, rates);
        optimizer.dispose();
        return values;
      };
      const before = walked([0.01]);
      return walked([0.01, rate]).map((value, i) => value - before[i]);
    };
    const [once, twice] = [second(0.02), second(0.04)];
    once.forEach((step, i) => expect(twice[i] / step).toBeCloseTo(2, 2));
    expect(Math.min(...once.map(Math.abs))).toBeGreaterThan(1e-5);
  },
);

test.each(['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const)(
  '%s goes on from its state as if it had never ended, and leaves no tensor',
  async (name) => {
    await useBackend('cpu');
    const before = tf.memory().numTensors;
    const variables = toVariables(parameters);
    const step = (optimizer: ReturnType<typeof createOptimizer>, at: number) => {
      const gradients = { weights: tensorOf(gradientAt(at), [2, 3]) };
      optimizer.apply(variables, gradients, 0.1);
      disposeAll(gradients);
    };
    const values = () => Array.from(toValues(variables).weights.values);
    const first = createOptimizer(name, 0.1);
    step(first, 0);
    const [weights, state] = [toValues(variables), await first.state()];
    await first.state();
    step(first, 1);
    const whole = values();
    first.dispose();
    variables.weights.assign(tensorOf(Float64Array.from(weights.weights.values), [2, 3]));
    const second = createOptimizer(name, 0.1);
    await second.restore(state);
    step(second, 1);
    expect(values()).toEqual(whole);
    second.dispose();
    disposeAll(variables);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1);
  },
);
