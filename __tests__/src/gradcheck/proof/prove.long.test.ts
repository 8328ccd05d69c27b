/** Proofs that take seconds each. */
import { expect, test } from '@jest/globals';
import { proveGradients } from '../../../../src/gradcheck/proof/index.ts';
import { createModel, smallSequences, smallZoo } from '../../../helpers/small-zoo.ts';
import { constant } from '../../../../src/model/operations.ts';
import type { Tensor } from '../../../../src/utils/tf.ts';
import { deep, expectProved, hiddenLayer, seed } from './toy-models.ts';

test.each([...smallZoo, ...smallSequences])('$title is proved', (small) => {
  expectProved(small);
});

test('seven layers of sigmoids, nested more deeply than chains reach, are proved', () => {
  const proof = proveGradients(deep(7), { seed });
  expect(proof).toMatchObject({ verdict: 'equal', chain: 3 });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
});

test('the slope of a/√(1 + a²) is (1 + a²)^(−3/2), by roots that exist', () => {
  const squares = (sum: Tensor): Tensor => sum.square().add(1);
  const model = (slope: (sum: Tensor) => Tensor) =>
    hiddenLayer('rational', (sum) => sum.div(squares(sum).sqrt()), slope);
  const options = { seed, size: { features: 2 } };
  const proof = proveGradients(
    model((sum) => squares(sum).pow(-1.5)),
    options,
  );
  expect(proof).toMatchObject({ verdict: 'equal', rows: [2] });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
  const wrong = model((sum) =>
    squares(sum)
      .pow(-1.5)
      .mul(constant(1 + 2 ** -52)),
  );
  expect(proveGradients(wrong, options).verdict).toBe('different');
});

test.each([2, 5])('an LSTM of %d steps, nested ever more deeply, is proved with chains of three', (steps) => {
  const { model, classes } = smallSequences.find(({ title }) => title === 'lstm')!;
  const proof = proveGradients(model, { seed, size: { features: steps, classes } });
  expect(proof).toMatchObject({ verdict: 'equal', chain: 3 });
});

test('a GPT of two layers with LayerNorm and GELU is proved, for every ε', () => {
  const model = createModel('gpt', { layers: 2, width: 6, heads: 2, norm: 'layer', activation: 'gelu' });
  const proof = proveGradients(model, { seed, size: { features: 3, classes: 5 } });
  expect(proof).toMatchObject({ verdict: 'equal', autodiff: { verdict: 'equal' } });
  expect(proof.notes).toEqual(['It holds for every ε that is added under a root, as in norms.']);
});
