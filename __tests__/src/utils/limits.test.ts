import { describe, expect, test } from '@jest/globals';
import { checkedField, defaultRecipe, recipeFields, type RecipeField } from '../../../src/model/recipe.ts';
import { InputError } from '../../../src/utils/errors.ts';
import { checkedChoice, checkedNumber, type NumberLimits } from '../../../src/utils/limits.ts';

describe('checkedNumber', () => {
  test.each<[NumberLimits, number[], unknown[], string]>([
    [{}, [-1e300, 0, 0.5], [NaN, Infinity, -Infinity, '1', undefined], 'a number'],
    [{ minimum: 0 }, [0, 1e9], [-1e-9, -1], 'a number of at least 0'],
    [{ exclusiveMinimum: 0 }, [1e-300, 5], [0, -1], 'a number above 0'],
    [{ minimum: 1, maximum: 2 }, [1, 1.5, 2], [0.999, 2.001], 'a number from 1 to 2'],
    [{ minimum: 1, maximum: 9, integer: true }, [1, 9], [0, 10, 1.5], 'a whole number from 1 to 9'],
    [{ integer: true }, [-7, 0], [0.5], 'a whole number'],
  ])('with limits %j accepts %j and rejects %j', (limits, valid, invalid, kind) => {
    for (const value of valid) expect(checkedNumber('--it', value, limits)).toBe(value);
    for (const value of invalid) {
      const found = Number.isNaN(value) ? 'text' : String(value);
      expect(() => checkedNumber('--it', value, limits)).toThrow(
        new InputError(`--it takes ${kind}, not ${found}.`),
      );
    }
  });

  test('removes control characters from the rejected value', () => {
    expect(() => checkedNumber('it', '\u001b[31m', {})).toThrow('it takes a number, not ?[31m.');
  });
});

test('checkedChoice accepts only the choices', () => {
  expect(checkedChoice('--decay', ['none', 'linear'], 'linear')).toBe('linear');
  expect(() => checkedChoice('--decay', ['none', 'linear'], 'steps')).toThrow(
    new InputError('--decay takes one of none, linear, not "steps".'),
  );
  expect(() => checkedChoice('--decay', ['none'], '\u001b')).toThrow('not "\\u001b"');
});

test.each(Object.entries<RecipeField>(recipeFields))(
  'the recipe field %s accepts its default and its limits, and rejects values beyond',
  (name, field) => {
    const inDefault = defaultRecipe[name as keyof typeof defaultRecipe];
    // Recipes of earlier versions lack the fields that are optional.
    expect(inDefault).toBe('optional' in field ? undefined : field.default);
    if ('choices' in field) {
      for (const choice of field.choices) expect(checkedField(name, field, choice)).toBe(choice);
      expect(() => checkedField(name, field, 'other')).toThrow(InputError);
      return;
    }
    const { minimum, exclusiveMinimum, maximum } = field;
    const valid = [field.default, minimum, maximum].filter((value) => value !== undefined);
    for (const value of valid) expect(checkedField(name, field, value)).toBe(value);
    const invalid = [minimum !== undefined && minimum - 1, exclusiveMinimum, maximum && maximum * 2 + 1];
    for (const value of invalid.filter((value) => typeof value === 'number'))
      expect(() => checkedField(name, field, value)).toThrow(InputError);
    if (field.orFull) expect(checkedField(name, field, 'full')).toBe('full');
    else expect(() => checkedField(name, field, 'full')).toThrow(InputError);
  },
);
