import { expect, test } from '@jest/globals';
import * as z from '../../../src/utils/schema.ts';

const text = z.string();

test.each<[string, z.ZodMiniType, unknown]>([
  ['expected string, received number', text, 5],
  ['expected string, received nothing', text, undefined],
  ['expected string, received null', text, null],
  ['expected string, received array', text, ['a']],
  ['expected string, received object', text, {}],
  ['expected number, received NaN', z.number(), NaN],
  ['expected int, received number', z.int(), 1.5],
  ['expected a or b', z.enum(['a', 'b']), 'c'],
  ['expected 1', z.literal(1), 2],
  ['expected at most 3', z.number().check(z.maximum(3)), 4],
  ['expected less than 3', z.number().check(z.lt(3)), 3],
  ['expected at least 3', z.number().check(z.minimum(3)), 2],
  ['expected more than 0', z.number().check(z.positive()), 0],
  ['expected at most 2 characters', text.check(z.maxLength(2)), 'abc'],
  ['there is no b, c', z.strictObject({ a: z.optional(text) }), { b: 1, c: 2 }],
  ['not of the form it should have', z.union([text, z.number()]), true],
])('%s', (message, schema, value) => {
  expect(schema.safeParse(value).error?.issues.map((issue) => issue.message)).toEqual([message]);
});
