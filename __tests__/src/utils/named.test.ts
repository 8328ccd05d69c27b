import { expect, test } from '@jest/globals';
import { InputError } from '../../../src/utils/errors.ts';
import { lookup } from '../../../src/utils/text.ts';

test('a thing is found by its own name, and by no other', () => {
  const all = { one: 1, two: 2 };
  expect(lookup('number', all, 'two')).toBe(2);
  for (const name of ['three', 'constructor', '__proto__', '', 5, undefined, ['one']]) {
    expect(() => lookup('number', all, name)).toThrow(InputError);
  }
  expect(() => lookup('number', all, 'a\x1bb')).toThrow('There is no number "a?b"; there are: one, two.');
});
