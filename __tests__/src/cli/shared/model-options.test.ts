import { expect, test } from '@jest/globals';
import { models } from '../../../../models/index.ts';
import {
  findModel,
  modelInArguments,
  modelWord,
  modelsNamed,
  onlyModelInArguments,
  checkpointEvery,
} from '../../../../src/cli/shared/model-options.ts';

const { gate, xor } = models;

test('finds models by name, and rejects an unknown name with the known ones', async () => {
  expect(findModel('gate')).toBe(gate);
  expect(() => findModel('gaet')).toThrow(/Unknown model "gaet".*gate/);
  expect(await modelsNamed(['xor', 'gate'])).toEqual([{ definition: xor }, { definition: gate }]);
  expect((await modelsNamed()).map(({ definition }) => definition)).toEqual(Object.values(models));
  await expect(modelsNamed(['gate', 'gaet'])).rejects.toThrow('Unknown model "gaet"');
  await expect(modelsNamed(['./gaet.ts'])).rejects.toThrow('File not found: ./gaet.ts');
});

test('finds the model among the arguments, but not in the values of options', async () => {
  expect(await modelInArguments(['train', '--epochs', '3', 'xor', 'gate'])).toBe(xor);
  expect(await modelInArguments(['train', '--out=my.ts', 'data.csv'])).toBeUndefined();
  await expect(modelInArguments(['train', './gaet.ts'])).rejects.toThrow('File not found');
  expect(onlyModelInArguments(['gradcheck', 'xor', '--details'])).toBe(xor);
  expect(onlyModelInArguments(['gradcheck', 'xor', 'gate'])).toBeUndefined();
  expect(onlyModelInArguments(['gradcheck', 'toString'])).toBeUndefined();
});

test('offers the names as choices unless the argument is a file', () => {
  expect(modelWord(['train', 'gaet'])).toMatchObject({ type: 'string', choices: Object.keys(models) });
  expect(modelWord(['train', './gaet.ts'])).not.toHaveProperty('choices');
});

test.each([
  ['30s', { seconds: 30 }],
  ['1s', { seconds: 1 }],
  ['500', { steps: 500 }],
  ['0', undefined],
  ['0s', undefined],
  ['999999999', { steps: 999_999_999 }],
])('accepts --checkpoint-every %s', (words, meaning) => expect(checkpointEvery(words)).toEqual(meaning));

test.each(['', 's', '-1', '1.5', '30m', '30 s', '1234567890', '1e3'])(
  'rejects --checkpoint-every %j',
  (words) => expect(() => checkpointEvery(words)).toThrow('--checkpoint-every takes steps such as 500'),
);
