/**
 * Does the gradient check find mistakes? Here they are planted, and each must be found twice: against autodiff alone
 * and against central differences alone. Those of two networks take longer: `check-model.mutation.long.test.ts`.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { describeMutations, planted, takeLong } from '../../helpers/find-mutants.ts';
import { smallZoo } from '../../helpers/small-zoo.ts';

test('every model of the zoo is here', () => {
  expect([...new Set(smallZoo.map(({ title }) => title.split(', ')[0]))].sort()).toEqual(
    Object.keys(models).sort(),
  );
});

smallZoo.filter(({ title }) => !takeLong.includes(title)).forEach(describeMutations);

test('the documentation tells how many mistakes are planted', () => {
  const page = readFileSync(new URL('../../../docs/gradient-check.md', import.meta.url), 'utf8');
  expect(page).toMatch(new RegExp(`plants ${planted.count} mistakes`));
});
