import { expect } from '@jest/globals';
import { proveGradients, type ModelProof } from '../../../../src/gradcheck/proof/index.ts';
import type { SmallModel } from '../../../helpers/small-zoo.ts';

/** Those that take a second and more are proved in prove.long.test.ts. */
export const long = ['lenet', 'mnist, sigmoid', 'mlp, tanh with dropout', 'softmax'];

/** Repeatable, like every test here. */
export const seed = '5eed';

/** The hand-written gradients of the model equal both referees', but for a chance below 10⁻³⁰. */
export function expectProved({ model, features, classes }: SmallModel): ModelProof {
  const proof = proveGradients(model, { seed, size: { features, classes } });
  expect(proof).toMatchObject({ verdict: 'equal', referee: 'slope', autodiff: { verdict: 'equal' } });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
  expect(proof.points).toBe(proof.primes.length);
  expect(proof.parameters.every(({ verdict }) => verdict === 'equal')).toBe(true);
  return proof;
}
