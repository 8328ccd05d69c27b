import { describe, expect, test } from '@jest/globals';
import { checkedChoice, checkedField, defaultRecipe, recipeFields } from '../../../src/model/recipe.ts';
import { InputError } from '../../../src/utils/errors.ts';
import * as given from '../../../src/utils/given.ts';
import { checkedNumber, type NumberLimits } from '../../../src/utils/limits.ts';
import * as z from '../../../src/utils/schema.ts';

describe('a number', () => {
  test.each<[NumberLimits, number[], unknown[], string]>([
    [{}, [-1e300, 0, 0.5], [NaN, Infinity, -Infinity, '1', undefined], 'a number'],
    [{ minimum: 0 }, [0, 1e9], [-1e-9, -1], 'a number of at least 0'],
    [{ minimum: 1, maximum: 2 }, [1, 1.5, 2], [0.999, 2.001], 'a number from 1 to 2'],
    [{ minimum: 1, maximum: 9, integer: true }, [1, 9], [0, 10, 1.5], 'a whole number from 1 to 9'],
    [{ integer: true }, [-7, 0], [0.5], 'a whole number'],
  ])('of %j may be %j, not %j', (limits, possible, impossible, kind) => {
    for (const value of possible) expect(checkedNumber('--it', value, limits)).toBe(value);
    for (const value of impossible) {
      const found = Number.isNaN(value) ? 'text' : String(value);
      expect(() => checkedNumber('--it', value, limits)).toThrow(
        new InputError(`--it takes ${kind}, not ${found}.`),
      );
    }
  });

  test('is shown without what commands a terminal', () => {
    expect(() => checkedNumber('it', '\u001b[31m', {})).toThrow('it takes a number, not ?[31m.');
  });
});

describe('a field of a recipe', () => {
  test('accepts its default and its limits', () => {
    for (const [name, field] of Object.entries(recipeFields)) {
      expect(defaultRecipe[name as keyof typeof defaultRecipe]).toBe(field.default);
      expect(checkedField(name, field, field.default)).toBe(field.default);
      if ('choices' in field) {
        for (const choice of field.choices) expect(checkedField(name, field, choice)).toBe(choice);
        continue;
      }
      for (const end of [field.minimum, field.maximum]) expect(checkedField(name, field, end)).toBe(end);
      for (const beyond of [field.minimum - 1, field.maximum * 2 + 1])
        expect(() => checkedField(name, field, beyond)).toThrow(InputError);
    }
  });

  test('is full only where that is possible', () => {
    expect(checkedField('batchSize', recipeFields.batchSize, 'full')).toBe('full');
    expect(() => checkedField('epochs', recipeFields.epochs, 'full')).toThrow(InputError);
  });

  test('of several words is one of them', () => {
    expect(() => checkedChoice('--decay', ['none', 'linear'], 'steps')).toThrow(
      new InputError('--decay takes one of none, linear, not "steps".'),
    );
    expect(() => checkedChoice('--decay', ['none'], '\u001b')).toThrow('not "\\u001b"');
  });
});

const [yes, no] = [true, false];

describe.each<[keyof typeof given, [unknown, boolean][]]>([
  [
    'anObject',
    [
      [{}, yes],
      [new Map(), yes],
      [[], no],
      [null, no],
      ['x', no],
      [undefined, no],
    ],
  ],
  [
    'aText',
    [
      ['', yes],
      ['x', yes],
      [1, no],
      [null, no],
    ],
  ],
  [
    'aFunction',
    [
      [() => 1, yes],
      [{}, no],
    ],
  ],
  [
    'aTruth',
    [
      [true, yes],
      [false, yes],
      [0, no],
      ['true', no],
    ],
  ],
  [
    'aList',
    [
      [[], yes],
      [[1], yes],
      [{ length: 1 }, no],
      ['x', no],
    ],
  ],
  [
    'aSeed',
    [
      [0, yes],
      [2 ** 32 - 1, yes],
      [2 ** 32, no],
      [-1, no],
      [1.5, no],
      ['1', no],
      [NaN, no],
    ],
  ],
  [
    'aCount',
    [
      [1, yes],
      [2 ** 53 - 1, yes],
      [0, no],
      [-1, no],
      [1.5, no],
      [2 ** 53, no],
      ['1', no],
    ],
  ],
])('%s', (name, cases) => {
  const [words, is] = given[name] as unknown as [string, (value: unknown) => boolean];
  test.each(cases)('%p: %p', (value, expected) => expect(is(value)).toBe(expected));

  test('is said in words', () => {
    expect(words).toMatch(/^[a-z]/);
    const [wrong] = cases.find(([, right]) => !right)!;
    expect(() => given.checkGiven('it', wrong, given[name] as never)).toThrow(words);
    const [right] = cases[0];
    expect(() => given.checkGiven('it', right, given[name] as never)).not.toThrow();
  });
});

test('lists, choices and what may be left out', () => {
  const is = ([, holds]: [string, (value: never) => boolean] | readonly unknown[], value: unknown) =>
    (holds as (value: unknown) => boolean)(value);
  const list = given.listOf(given.aCount);
  expect([[1, 2], [], [0], [1, 'x'], 1].map((value) => is(list, value))).toEqual([yes, yes, no, no, no]);
  const choice = given.oneOf(['a', 2]);
  expect(['a', 2, 'b', undefined].map((value) => is(choice, value))).toEqual([yes, yes, no, no]);
  const maybe = given.optional(given.aText);
  expect([undefined, 'x', 1].map((value) => is(maybe, value))).toEqual([yes, yes, no]);
});

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
