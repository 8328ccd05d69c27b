/** Mistakes planted in the gradients of every model are found by the proof. */
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { smallSequences, smallZoo } from '../../../helpers/small-zoo.ts';
import { missedByProof, mutantsOf, sampled } from '../mutants.ts';

beforeAll(async () => {
  await useBackend('float64');
});

test.each([...smallZoo, ...smallSequences])('the proof finds the mistakes in $title', (small) => {
  expect(missedByProof(small, sampled(small, mutantsOf(small)))).toEqual([]);
});
