import { describe, expect, test } from '@jest/globals';
import * as given from '../../../src/utils/given.ts';

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
