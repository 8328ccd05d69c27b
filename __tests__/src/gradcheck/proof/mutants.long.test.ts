/** Mistakes planted in the gradients of every model are found by the proof. */
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { smallSequences, smallZoo } from '../../../helpers/small-zoo.ts';
import { missedByProof, mutantsOf } from '../mutants.ts';

beforeAll(async () => {
  await useBackend('float64');
});

/** The networks that take longest: every third mistake is planted. */
const sampled = ['lenet', 'mlp, tanh with dropout'];

test.each([...smallZoo, ...smallSequences])('the proof finds every mistake in $title', (small) => {
  const step = sampled.includes(small.title) ? 3 : 1;
  const planted = mutantsOf(small).filter((_, i) => i % step === 0);
  expect(missedByProof(small, planted)).toEqual([]);
});
