import { describe, expect, test } from '@jest/globals';
import { InputError } from '../../../src/utils/errors.ts';
import { checkedNumber, type NumberLimits } from '../../../src/utils/limits.ts';
import { checkedChoice, checkedField, defaultRecipe, recipeFields } from '../../../src/model/recipe.ts';

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
