/** Every text is there in every language, with the same values in it. */
import { expect, test } from '@jest/globals';
import { recipeFields, type RecipeField } from '../../../src/model/recipe.ts';
import { en } from '../../../src/playground/texts/en.ts';
import { ko } from '../../../src/playground/texts/ko.ts';

const valuesIn = (text: string) => Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name).sort();

test('Korean has every text of English', () => {
  expect(Object.keys(ko)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    const other = ko[key as keyof typeof en];
    expect([key, valuesIn(other)]).toEqual([key, valuesIn(text)]);
    if (/[가-힣]/.test(other)) continue;
    // Names of files and of mathematics are the same in every language.
    expect(text).toBe(other);
  }
});

test('every setting of a recipe has a name', () => {
  const shown = Object.entries(recipeFields).filter(([, field]: [string, RecipeField]) => !field.advanced);
  for (const [name] of shown) expect(Object.keys(en)).toContain(`field.${name}`);
});
