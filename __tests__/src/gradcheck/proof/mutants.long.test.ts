/** Every mistake that can be planted in the gradients of every model is found by the proof. */
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../../src/backend/index.ts';
import { smallSequences, smallZoo } from '../../../helpers/small-zoo.ts';
import { missedByProof, mutantsOf } from '../mutants.ts';

beforeAll(async () => {
  await useBackend('float64');
});

test.each([...smallZoo, ...smallSequences])('the proof finds every mistake in $title', (small) => {
  expect(missedByProof(small, mutantsOf(small))).toEqual([]);
});
