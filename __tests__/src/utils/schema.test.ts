import { describe, expect, test } from '@jest/globals';
import * as z from '../../../src/utils/schema.ts';

const text = z.string();

test.each<[string, z.ZodMiniType, unknown]>([
  ['expected string, received number', text, 5],
  ['expected string, received nothing', text, undefined],
  ['expected string, received null', text, null],
  ['expected string, received array', text, ['a']],
  ['expected string, received object', text, {}],
  ['expected number, received NaN', z.number(), NaN],
  ['expected an integer, received 1.5', z.int(), 1.5],
  ['expected a or b', z.enum(['a', 'b']), 'c'],
  ['expected 1', z.literal(1), 2],
  ['expected at most 3, received 4', z.number().check(z.maximum(3)), 4],
  ['expected less than 3, received 3', z.number().check(z.lt(3)), 3],
  ['expected at least 3, received 2', z.number().check(z.minimum(3)), 2],
  ['expected more than 0, received 0', z.number().check(z.positive()), 0],
  ['expected at most 2 characters', text.check(z.maxLength(2)), 'abc'],
  ['unknown field b, c', z.strictObject({ a: z.optional(text) }), { b: 1, c: 2 }],
  ['not of the form it should have', z.union([text, z.number()]), true],
  ['expected an object, received array', z.plainObject, []],
  ['expected a function, received object', z.callable, {}],
  ['expected a list, received string', z.list, 'x'],
])('%s', (message, schema, value) => {
  expect(schema.safeParse(value).error?.issues.map((issue) => issue.message)).toEqual([message]);
});

test.each<[string, z.ZodMiniType, unknown[], unknown[]]>([
  ['plainObject', z.plainObject, [{}, new Map()], [[], null, 'x', undefined]],
  ['callable', z.callable, [() => 1, class {}], [{}]],
  ['list', z.list, [[], [1]], [{ length: 1 }, 'x']],
  ['seed', z.seed, [0, 2 ** 32 - 1], [2 ** 32, -1, 1.5, '1', NaN]],
  ['count', z.count, [1, 2 ** 53 - 1], [0, -1, 1.5, 2 ** 53, '1']],
])('%s accepts its values and rejects others', (_, schema, valid, invalid) => {
  for (const value of valid) expect(schema.safeParse(value).success).toBe(true);
  for (const value of invalid) expect(schema.safeParse(value).success).toBe(false);
});

describe('checkFields', () => {
  const fields = { name: text, rows: z.optional(z.count) };

  test('accepts an object with valid fields, and fields that are not listed', () => {
    expect(() => z.checkFields('data', { name: 'x', other: 1 }, fields)).not.toThrow();
  });

  test.each<[unknown, string]>([
    [{ name: 1 }, 'data.name: expected string, received number.'],
    [{}, 'data.name: expected string, received nothing.'],
    [{ name: 'x', rows: 0 }, 'data.rows: expected at least 1, received 0.'],
    [[], 'data: expected an object, received array.'],
    [null, 'data: expected an object, received null.'],
  ])('rejects %j: %s', (value, message) => {
    expect(() => z.checkFields('data', value, fields)).toThrow(message);
  });
});

test('rejectUnknownFields names the valid fields, or the new name of a renamed one', () => {
  const check = (value: object) => () =>
    z.rejectUnknownFields('The model', value, ['name', 'regularizer'], { penalty: 'regularizer' });
  expect(check({ name: 'x' })).not.toThrow();
  expect(check({ nmae: 'x' })).toThrow(
    'The model has an unknown field "nmae". Valid fields: name, regularizer.',
  );
  expect(check({ penalty: 1 })).toThrow('The model.penalty is now called regularizer.');
});
