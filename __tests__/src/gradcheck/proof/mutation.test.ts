import { expect, test } from '@jest/globals';
import { smallZoo } from '../../../helpers/small-zoo.ts';
import { missedAmong, mutantsOf } from '../../check/proof/mutations.ts';

// All of them: mutation.long.test.ts.
test.each(smallZoo.filter(({ title }) => title === 'gate'))(
  'every mistake planted in $title is different, and blamed on the parameter that was spoilt',
  (small) => {
    const mutants = mutantsOf(small);
    expect(mutants.length).toBeGreaterThan(25);
    expect(missedAmong(mutants, small)).toEqual([]);
  },
);
