/** Proofs that take seconds each. */
import { expect, test } from '@jest/globals';
import { proveGradients } from '../../../../src/gradcheck/proof/index.ts';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { deep, expectProved, seed } from './toy-models.ts';

test.each(smallZoo)('$title is proved', (small) => {
  expectProved(small);
});

test('seven layers of sigmoids, nested more deeply than chains reach, are proved', () => {
  const proof = proveGradients(deep(7), { seed });
  expect(proof).toMatchObject({ verdict: 'equal', chain: 3 });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
});
