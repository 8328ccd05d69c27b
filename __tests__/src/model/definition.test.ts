import { describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import {
  checkDefinition,
  checkedOption,
  checkedOptions,
  defaultsOf,
  type ModelOption,
} from '../../../src/model/definition.ts';
import { validateModel } from '../../../src/model/model.ts';
import { InputError } from '../../../src/utils/errors.ts';

const list: ModelOption = { describe: 'sizes', default: [1], minimum: 1, maximum: 9, integer: true };
const limits = { most: { ...list, maxNumbers: 3 }, exactly: { ...list, length: 2 }, any: list };
const choice: ModelOption = { describe: 'a word', default: 'one', choices: ['one', 'two'] };
const truth: ModelOption = { describe: 'yes or no', default: false };
const count: ModelOption = { describe: 'how many', default: 2, minimum: 1, maximum: 4 };

test.each<[ModelOption, unknown]>([
  [limits.most, []],
  [limits.most, [1, 2, 9]],
  [limits.exactly, [1, 2]],
  [limits.any, [1, 2, 3, 4, 5]],
  [choice, 'two'],
  [truth, true],
  [count, 4],
])('%j may be %j', (option, value) => {
  expect(checkedOption('it', option, value)).toEqual(value);
});

test.each<[ModelOption, unknown, string]>([
  [limits.most, [1, 2, 3, 4], 'it takes at most 3 numbers.'],
  [limits.exactly, [1], 'it takes 2 numbers, not 1.'],
  [limits.exactly, [1, 2, 3], 'it takes 2 numbers, not 3.'],
  [limits.any, 3, 'it takes a list of numbers.'],
  [limits.any, [1, 10], 'it takes a whole number from 1 to 9, not 10.'],
  [limits.any, [1, 1.5], 'it takes a whole number from 1 to 9, not 1.5.'],
  [choice, 'three', 'it takes one of one, two, not three.'],
  [choice, '\u001b[31m', 'it takes one of one, two, not ?[31m.'],
  [choice, 1, 'it takes a string.'],
  [truth, 'yes', 'it takes a boolean.'],
  [count, 5, 'it takes a number from 1 to 4, not 5.'],
  [count, 'x', 'it takes a number from 1 to 4, not x.'],
])('%j may not be %j', (option, value, message) => {
  expect(() => checkedOption('it', option, value)).toThrow(new InputError(message));
});

test('a file holds every option of its model, and no other', () => {
  expect(checkedOptions(models.gate, { gate: 'or' }, 'it')).toEqual({ gate: 'or' });
  for (const [given, message] of [
    [{}, 'it lacks the option gate.'],
    [{ gate: 'or', hidden: 3 }, 'it has an option hidden that the model gate does not know.'],
    [{ gate: 'maybe' }, 'it: option gate takes one of and, or, nand, xor, not maybe.'],
    [
      JSON.parse('{"gate":"or","__proto__":1}'),
      'it has an option __proto__ that the model gate does not know.',
    ],
  ] as [Record<string, unknown>, string][])
    expect(() => checkedOptions(models.gate, given, 'it')).toThrow(new InputError(message));
});

const mlp = models.mlp.create({
  ...defaultsOf(models.mlp),
  l2: 0.1,
  dropout: 0.2,
  asPrinted: false,
  classes: 2,
});
const withFields = (fields: object) => () => validateModel({ ...mlp, ...fields });
const defined = (fields: object) => () => checkDefinition({ ...models.mlp, ...fields });

test('accepts every model and definition of the zoo', () => {
  for (const definition of Object.values(models)) {
    expect(() => checkDefinition(definition)).not.toThrow();
    const model = definition.create({ ...defaultsOf(definition), asPrinted: false, classes: 2 });
    expect(() => validateModel(model)).not.toThrow();
  }
});

describe('a field that models do not have', () => {
  test.each([
    [{ penalti: undefined }, 'The model has an unknown field "penalti". Valid fields: name, task, initial,'],
    [{ penalty: mlp.regularizer }, 'The model.penalty is now called regularizer.'],
    [{ noise: true }, 'The model.noise is now called dropoutMasks.'],
    [{ loss: { ...mlp.loss, of: true } }, 'The model.loss.of is now called tensor.'],
    [
      { regularizer: { ...mlp.regularizer, measure: 1 } },
      'The model.regularizer.measure is now called value.',
    ],
  ])('%j is rejected with the valid or the new name', (fields, message) => {
    expect(withFields(fields)).toThrow(InputError);
    expect(withFields(fields)).toThrow(message);
  });
});

describe('a field that definitions do not have', () => {
  test.each([
    [{ presetz: {} }, 'The definition has an unknown field "presetz". Valid fields: name, dataset,'],
    [{ recipeOnOwn: {} }, 'The definition.recipeOnOwn is now called recipeForUserData.'],
    [{ checkedToo: [] }, 'The definition.checkedToo is now called alsoChecked.'],
    [
      { options: { hidden: { describe: '', default: [1], mostNumbers: 2 } } },
      'The definition.options.hidden.mostNumbers is now called maxNumbers.',
    ],
  ])('%j is rejected with the valid or the new name', (fields, message) => {
    expect(defined(fields)).toThrow(message);
  });
});
