/** Every mistake that can be planted in the gradients of every model is found by the check and by the proof. */
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { useBackend } from '../../../src/backend/index.ts';
import { smallZoo } from '../../helpers/small-zoo.ts';
import { missedByCheck, missedByProof, mutantsOf } from './mutants.ts';

let planted = 0;

beforeAll(async () => {
  await useBackend('float64');
});

test.each(smallZoo)('every mistake in $title is found', (small) => {
  const mutants = mutantsOf(small);
  planted += mutants.length;
  expect(missedByCheck(small, mutants)).toEqual([]);
  expect(missedByProof(small, mutants)).toEqual([]);
});

test.each(['gradient-check', 'proof'])('docs/%s.md states how many mistakes are planted', async (page) => {
  const text = await readFile(new URL(`../../../docs/${page}.md`, import.meta.url), 'utf8');
  expect(text).toMatch(new RegExp(`\\b${planted} mistakes`));
});
