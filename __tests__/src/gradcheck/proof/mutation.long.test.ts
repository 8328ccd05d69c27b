/** The mistakes that the gradient check's own test plants, every one of them, before the proof. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { missedAmong, mutantsOf } from '../../check/proof/mutations.ts';

let planted = 0;

test.each(smallZoo)('every mistake planted in $title is different', (small) => {
  const mutants = mutantsOf(small);
  planted += mutants.length;
  expect(missedAmong(mutants, small)).toEqual([]);
});

test('the documentation tells how many mistakes are planted', () => {
  const page = readFileSync(new URL('../../../../docs/proof.md', import.meta.url), 'utf8');
  expect(page).toMatch(new RegExp(`all ${planted} mistakes`));
});
