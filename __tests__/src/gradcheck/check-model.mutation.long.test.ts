/** The mistakes of `check-model.mutation.test.ts`, planted in the two networks for which it takes long. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { describeMutations, planted, takeLong } from '../../helpers/find-mutants.ts';
import { smallZoo } from '../../helpers/small-zoo.ts';

smallZoo.filter(({ title }) => takeLong.includes(title)).forEach(describeMutations);

test('the documentation tells how many mistakes are planted', () => {
  const page = readFileSync(new URL('../../../docs/gradient-check.md', import.meta.url), 'utf8');
  expect(page).toMatch(new RegExp(`${planted.count} more in lenet and in`));
});
