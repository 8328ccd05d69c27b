/** Proofs that take seconds each. */
import { expect, test } from '@jest/globals';
import { proveGradients } from '../../../../src/check/proof/index.ts';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { expectProved, seed } from './expect-proved.ts';
import { deep } from './toy-models.ts';

test('lenet is proved', () => {
  expectProved(smallZoo.find(({ title }) => title === 'lenet')!);
});

test('three layers of sigmoids take five exponentials within each other, and a chain as long', () => {
  const proof = proveGradients(deep(3), { seed });
  expect(proof).toMatchObject({ verdict: 'equal', chain: 5 });
  expect(proof.bound).toBeLessThanOrEqual(1e-30);
});
