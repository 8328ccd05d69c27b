import { describe, expect, test } from '@jest/globals';
import { models } from '../../../models/index.ts';
import { InputError } from '../../../src/utils/errors.ts';
import {
  resolveOptions,
  checkSettingNames,
  resolveSettings,
  type Settings,
} from '../../../src/training/settings.ts';

const { mnist, gate } = models;
const own = resolveSettings(mnist, {});
const resumed: Settings = {
  recipe: { ...own.recipe, epochs: 77, learningRate: 0.077, seed: 7 },
  options: { ...own.options, hidden: 7 },
  asPrinted: true,
  gradients: 'autodiff',
  recordEvery: 7,
};

describe('whose word counts', () => {
  test('the model’s own where nobody says anything', () => {
    expect(own).toMatchObject({ recipe: mnist.recipe, asPrinted: false, gradients: 'manual' });
    for (const [name, { default: usual }] of Object.entries(mnist.options))
      expect(own.options[name]).toEqual(usual);
  });

  test('that of the run that is resumed before it', () => {
    expect(resolveSettings(mnist, {}, { resumed })).toEqual(resumed);
  });

  test.each(Object.entries(mnist.presets!))('preset %s before both', (preset, settings) => {
    for (const context of [{}, { resumed }]) {
      const { recipe, options, ...others } = resolveSettings(mnist, { preset }, context);
      expect({ ...options, ...recipe, ...others }).toMatchObject(settings);
    }
    const { recipe } = resolveSettings(mnist, { preset }, { resumed });
    for (const name of ['epochs', 'learningRate', 'seed'] as const)
      if (!(name in settings)) expect(recipe[name]).toBe(resumed.recipe[name]);
  });

  test('the caller’s before all of them; what is undefined is not said', () => {
    const given = { epochs: 3, learningRate: 0.3, hidden: 30, gradients: 'numeric', recordEvery: 2 };
    for (const context of [{}, { resumed }]) {
      const { recipe, options, gradients, recordEvery } = resolveSettings(
        mnist,
        { ...given, preset: 'document', batchSize: undefined },
        context,
      );
      expect({ ...options, ...recipe, gradients, recordEvery }).toMatchObject(given);
      const preset = mnist.presets!.document as { batchSize?: number };
      expect(recipe.batchSize).toBe(preset.batchSize ?? mnist.recipe.batchSize);
    }
    expect(resolveSettings(mnist, { asPrinted: false }, { resumed }).asPrinted).toBe(false);
  });
});

test('who asks for epochs gets epochs, also of a model that counts steps; both together count steps', () => {
  const { gpt } = models;
  expect(resolveSettings(gpt, {})).toMatchObject({ recipe: { steps: 1000 }, recordEvery: 25 });
  expect(resolveSettings(gpt, { epochs: 3 }).recipe).toMatchObject({ steps: 0, epochs: 3 });
  expect(resolveSettings(gpt, { epochs: 3, preset: 'nano' }).recipe).toMatchObject({ steps: 0, epochs: 3 });
  expect(resolveSettings(gpt, { epochs: 3, steps: 7 }).recipe).toMatchObject({ steps: 7 });
  expect(resolveSettings(mnist, { steps: 7 }).recipe).toMatchObject({ steps: 7 });
});

test('a curve has two hundred points of full batches, a thousand of others, and no more than epochs', () => {
  const every = (epochs: number, batchSize: number | string) =>
    resolveSettings(gate, { epochs, batchSize }).recordEvery;
  expect([every(1000, 'full'), every(20_000, 'full'), every(50, 'full')]).toEqual([5, 100, 1]);
  expect([every(1000, 2), every(20_000, 2), every(300, 'full')]).toEqual([1, 20, 2]);
  // To the nearest whole number, a half upwards.
  expect([every(20_500, 2), every(20_499, 2), every(20_100, 'full'), every(20_099, 'full')]).toEqual([
    21, 20, 101, 100,
  ]);
});

test.each<[string, Record<string, unknown>, string]>([
  ['an unknown preset', { preset: 'x' }, 'gate has no preset "x". Valid presets: none.'],
  ['a preset of every object', { preset: 'toString' }, 'gate has no preset "toString". Valid presets: none.'],
  ['a number', { preset: 3 }, 'gate has no preset 3. Valid presets: none.'],
  ['no truth', { asPrinted: 'yes' }, '--asPrinted takes true or false.'],
  ['unknown gradients', { gradients: 'x' }, '--gradients takes one of manual, autodiff, numeric, not "x".'],
  [
    'a record of no epochs',
    { recordEvery: 0 },
    '--recordEvery takes a whole number from 1 to 1000000000, not 0.',
  ],
  ['no epochs', { epochs: 0 }, '--epochs takes a whole number from 1 to 10000000, not 0.'],
])('%s is refused by its name', (_, given, message) => {
  const refused = () => resolveSettings(gate, given, { nameOf: (key) => `--${key}` });
  expect(refused).toThrow(InputError);
  expect(refused).toThrow(message);
});

test('options are the given ones, else a preset’s, else the defaults, each checked', () => {
  expect(resolveOptions(gate, { gate: 'or' }, { gate: 'and' })).toMatchObject({ gate: 'or' });
  expect(resolveOptions(gate, {}, { gate: 'nand' })).toMatchObject({ gate: 'nand' });
  expect(resolveOptions(gate, {})).toMatchObject({ gate: gate.options.gate.default });
  expect(() => resolveOptions(gate, { gate: 'maybe' })).toThrow(/^gate takes one of .*, not maybe/);
});

test('an unknown setting is rejected, with the list of valid ones', () => {
  const refused = (given: object) => () => checkSettingNames(gate, { ...given }, 'my sweep');
  expect(refused({ gate: 'or', epochs: 3, preset: 'x', asPrinted: true, recordEvery: 1 })).not.toThrow();
  expect(refused({ epochs: 3, 'epo\u001bch': 3 })).toThrow(
    /^my sweep: unknown setting "epo\?ch" for gate. Valid settings: gate, .*epochs, .*recordEvery\.$/,
  );
});
