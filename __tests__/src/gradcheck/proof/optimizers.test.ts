import { describe, expect, test } from '@jest/globals';
import { optimizersOfZoo, proveOptimizer } from '../../../../src/gradcheck/proof/index.ts';
import { optimizerNames } from '../../../../src/model/recipe.ts';
import { tf } from '../../../../src/utils/tf.ts';
import { createOptimizer, TensorFlowOptimizer } from '../../../../src/training/optimizers.ts';

const seed = 'ada';

test('all optimizers of the zoo are here', () => {
  expect(Object.keys(optimizersOfZoo).sort()).toEqual([...optimizerNames].sort());
});

test.each(optimizerNames)('%s is what its paper says', (name) => {
  const proof = proveOptimizer(name, undefined, seed);
  expect(proof.verdict).toBe('equal');
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
});

describe('and another formula is different', () => {
  const { adam, momentum } = optimizersOfZoo;
  const { rate, secondDecay, epsilon } = adam.constants;

  test("adam's step is not rmsprop's, nor that of other rates", () => {
    const otherRates = {
      ...adam,
      create: () => new TensorFlowOptimizer(tf.train.adam(rate, 3 / 4, secondDecay, epsilon)),
    };
    expect(proveOptimizer('adam', otherRates, seed)).toMatchObject({
      verdict: 'different',
      first: { step: 2 },
    });
    const otherEpsilon = {
      ...adam,
      create: () => new TensorFlowOptimizer(tf.train.adam(rate, 7 / 8, secondDecay, 2 ** -21)),
    };
    expect(proveOptimizer('adam', otherEpsilon, seed)).toMatchObject({
      verdict: 'different',
      first: { step: 1 },
    });
  });

  test('momentum without its memory differs in the second step, and not in the first', () => {
    const forgetful = { ...momentum, create: () => createOptimizer('sgd') };
    expect(proveOptimizer('momentum', forgetful, seed)).toMatchObject({
      verdict: 'different',
      first: { step: 2 },
    });
  });

  test("with 0.9, adam's rates are rounded to 32 bits, which a field sees", () => {
    const rounded = {
      create: () => createOptimizer('adam'),
      constants: { ...adam.constants, decay: 0.9, secondDecay: 0.999, epsilon: 1e-7 },
    };
    expect(proveOptimizer('adam', rounded, seed).verdict).toBe('different');
  });
});

test('no tensor is left behind', () => {
  const before = tf.memory().numTensors;
  proveOptimizer('momentum', undefined, seed);
  expect(tf.memory().numTensors).toBe(before);
});
