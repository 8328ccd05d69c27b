/** Proofs that take seconds each. */
import { expect, test } from '@jest/globals';
import { proveGradients } from '../../../../src/gradcheck/proof/index.ts';
import type { Loss } from '../../../../src/model/losses.ts';
import type { Model } from '../../../../src/model/model.ts';
import { tf, type Tensor } from '../../../../src/utils/tf.ts';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { deep, expectProved, line, seed } from './toy-models.ts';

test.each(smallZoo)('$title is proved', (small) => {
  expectProved(small);
});

test('three layers of sigmoids take five exponentials within each other, and a chain as long', () => {
  const proof = proveGradients(deep(3), { seed });
  expect(proof).toMatchObject({ verdict: 'equal', chain: 5 });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
});

test('a logarithm that is needed itself, not only its slope, takes a prime more above', () => {
  // L = ½·Σ log(1 + eᶻ)², ∂L/∂z = log(1 + eᶻ)·σ(z)
  const of: Loss['tensor'] = (z) => tf.mul(tf.sum(tf.square(tf.softplus(z))), 0.5);
  const model = (slope: (z: Tensor) => Tensor): Model => ({
    ...line,
    regularizer: undefined,
    loss: { ...line.loss, tensor: of },
    gradients: (_, x, __, { logits }) => ({
      weights: tf.matMul(x, slope(logits), true),
      bias: slope(logits).sum(0),
    }),
  });
  const few = { seed, points: 4 };
  const right = proveGradients(
    model((z) => tf.softplus(z).mul(z.sigmoid())),
    { seed, rows: 2, points: 30 },
  );
  expect(right).toMatchObject({ verdict: 'equal', chain: 4 });
  expect(right.redrawn).toBeGreaterThan(0);
  const viaLog = proveGradients(
    model((z) => tf.log(z.exp().add(1)).mul(z.sigmoid())),
    few,
  );
  expect(viaLog.parameters.every(({ first }) => first === undefined)).toBe(true);
  expect(
    proveGradients(
      model((z) => z.mul(z.sigmoid())),
      few,
    ).verdict,
  ).toBe('different');
});

test('seven are more than chains reach: undecided, with the reason', () => {
  const proof = proveGradients(deep(6), { seed, points: 2 });
  expect(proof).toMatchObject({ verdict: 'undecided', chain: 7 });
  expect(proof.reason).toMatch('nested more deeply');
});
