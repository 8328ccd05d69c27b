import { describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { checkDefinition, defaultsOf } from '../../../src/model/definition.ts';
import { validateModel } from '../../../src/model/model.ts';
import { InputError } from '../../../src/utils/errors.ts';

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
    [{ noise: mlp.dropoutMasks }, 'The model.noise is now called dropoutMasks.'],
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
