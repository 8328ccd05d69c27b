/** Mistakes planted in the gradients of every model are found by the check; proof/ has the same for the proof. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { smallSequences, smallZoo } from '../../helpers/small-zoo.ts';
import { missedByCheck, mutantsOf, sampled } from './mutants.ts';

let planted = 0;

beforeAll(async () => {
  await useBackend('float64');
});

test.each([...smallZoo, ...smallSequences])('the check finds the mistakes in $title', (small) => {
  const mutants = mutantsOf(small);
  planted += mutants.length;
  expect(missedByCheck(small, sampled(small, mutants))).toEqual([]);
});

test.each(['gradient-check', 'proof'])('docs/%s.md states how many mistakes are planted', async (page) => {
  const text = await readFile(new URL(`../../../docs/${page}.md`, import.meta.url), 'utf8');
  expect(text).toMatch(new RegExp(`\\b${planted} mistakes`));
});
