import { type Arguments, optionName, withLists } from './options.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { gradientSources } from '../../model/gradients.ts';
import { type Recipe, recipeFields } from '../../model/recipe.ts';
import type { CheckpointEvery } from '../../runs/run.ts';
import { type Settings, resolveSettings } from '../../training/settings.ts';
import { InputError } from '../../utils/errors.ts';
import { dashed } from '../../utils/text.ts';
import type { RunIdentity } from '../../weights/run-record.ts';
import type { Options } from 'yargs';

/**
 * The settings of a training, which `train` takes and `sweep` varies. No defaults but in words, so that what the user
 * says can be told from what a preset or a resumed run says.
 *
 * @param definition of the model that is named, if one is: its defaults are shown
 */
export function trainingOptions(definition?: ModelDefinition): Record<string, Options> {
  const usual = definition && resolveSettings(definition, {});
  const shown = (value?: string | number) =>
    value === undefined ? {} : { defaultDescription: String(value) };
  const presets = Object.keys(definition?.presets ?? {});
  const ofRecipe = Object.entries(recipeFields).map(([name, field]): [string, Options] => {
    const type = 'orFull' in field ? 'string' : 'number';
    const values = 'choices' in field ? { choices: field.choices } : ({ type } as const);
    return [
      name === 'decay' ? 'schedule' : dashed(name),
      {
        ...(name === 'decay' && { alias: 'decay' }),
        describe: field.describe,
        ...values,
        ...shown(usual?.recipe[name as keyof Recipe]),
      },
    ];
  });
  return {
    gradients: {
      describe: 'hand-written, autodiff (tf.variableGrads) or central differences',
      choices: Object.keys(gradientSources),
      ...shown('manual'),
    },
    preset: {
      describe: `named settings${definition ? `: ${presets.join(', ') || 'none'}` : ''}`,
      type: 'string',
    },
    ...Object.fromEntries(ofRecipe),
    'record-every': {
      describe: 'interval of recorded losses, in epochs',
      type: 'number',
      ...shown(usual?.recordEvery),
    },
    'as-printed': { describe: 'include the document’s errors', type: 'boolean' },
  };
}

/** What a model is, and what its presets stand for: the end of a command's `--help`. */
export function aboutModel({ title, presets = {} }: ModelDefinition): string {
  const lines = Object.entries(presets).map(([name, settings]) => {
    const words = Object.entries(settings).map(([key, value]) => `${optionName(key)} ${String(value)}`);
    return `--preset ${name}: ${words.join(' ')}`;
  });
  return [title, ...lines].join('\n');
}

/** @throws InputError naming the option that is wrong */
export function trainSettings(definition: ModelDefinition, args: Arguments, resumed?: RunIdentity): Settings {
  const { batchSize } = args;
  const given = {
    ...withLists(definition, args),
    batchSize: batchSize === undefined || batchSize === 'full' ? batchSize : Number(batchSize),
  };
  return resolveSettings(definition, given, { resumed, nameOf: optionName });
}

/** `500`: steps; `30s`: seconds; `0`: never. @throws InputError for anything else */
export function checkpointEvery(given: string): CheckpointEvery | undefined {
  const [, digits, unit] = /^(\d{1,9})(s?)$/.exec(given) ?? [];
  if (digits === undefined) {
    throw new InputError(`--checkpoint-every takes steps such as 500 or seconds such as 30s, not ${given}.`);
  }
  const count = Number(digits);
  if (count === 0) return undefined;
  return unit === 's' ? { seconds: count } : { steps: count };
}
