/**
 * How each model is trained where nobody says otherwise: the figures in the documents were measured so. Whoever changes a
 * recipe, a preset or a default changes it here, too, and measures them anew.
 */
import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { models } from '../../models/index.ts';
import { recipeForFile } from '../../src/model/recipe.ts';
import { defaultsOf } from '../../src/model/definition.ts';

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

test('recipes, presets and defaults are those of the published figures', () => {
  const settings = Object.values(models).map((definition) => {
    const { name, recipe, presets, size } = definition;
    return [name, digest([recipeForFile(recipe), presets, size, defaultsOf(definition)])];
  });
  expect(Object.fromEntries(settings)).toEqual({
    bigram: '90bd48e7398a',
    'breast-cancer': '6478c88bb24e',
    cats: 'ade6e3def635',
    gate: 'a44dfc247b32',
    gpt: '0e709c7f23dc',
    gru: 'cba2e384fed2',
    lenet: '2ef5d6c92d2d',
    lstm: 'cba2e384fed2',
    mlp: '49b8b708a152',
    mnist: '81ceed0373e2',
    points: '6384aad0192f',
    rnn: 'cba2e384fed2',
    softmax: '2902fd4aaccb',
    xor: 'f6ff38fe794d',
    'xor-composed': '5d500d67b705',
  });
});

test('of the gates only XOR has a reason why one perceptron cannot learn it', () => {
  const reason = (gate: string) => models.gate.cannotLearn!({ gate });
  expect(['and', 'or', 'nand'].map(reason)).toEqual([undefined, undefined, undefined]);
  expect(reason('xor')).toContain('zoo train xor');
});
