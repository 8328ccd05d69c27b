/**
 * The model that a command line names, and the options of its training.
 */
import { models } from '../../../models/index.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import {
  definitionNamed,
  isModelFile,
  loadUserModels,
  looksLikeFile,
  type UserModel,
} from '../../runs/user-models.ts';
import { lookup, dashed, optionName } from '../../utils/text.ts';
import { type Arguments, withLists } from './options.ts';
import { gradientSources } from '../../model/gradients.ts';
import { type Recipe, recipeFields } from '../../model/recipe.ts';
import type { CheckpointEvery } from '../../runs/run.ts';
import { type Settings, resolveSettings } from '../../training/settings.ts';
import { InputError } from '../../utils/errors.ts';
import type { RunIdentity } from '../../weights/run-record.ts';
import type { Options } from 'yargs';

/** @throws InputError that lists the known models */
export const findModel = (name: string): ModelDefinition => lookup('model', models, name);

/** The models of the zoo or of files that `words` name; all models of the zoo without words. @throws InputError */
export async function modelsNamed(words: readonly string[] = []): Promise<UserModel[]> {
  if (words.length === 0) return Object.values(models).map((definition) => ({ definition }));
  const found: UserModel[] = [];
  for (const word of words)
    found.push(...(looksLikeFile(word) ? await loadUserModels(word) : [{ definition: findModel(word) }]));
  return found;
}

/** The positional argument for a model: a name or a file. */
export const modelWord = (words = process.argv.slice(2)) => ({
  describe: 'a model of the zoo, or a file of yours: ./my-model.ts',
  type: 'string' as const,
  ...(!words.some(isModelFile) && { choices: Object.keys(models) }),
});

/** The model that the command line names, so that its options can be declared before yargs parses them. */
export async function modelInArguments(argv = process.argv.slice(2)): Promise<ModelDefinition | undefined> {
  const name = argv.find(isModel);
  return name === undefined ? undefined : definitionNamed(name);
}

/** The same if exactly one model is named: an option of several models would be ambiguous. */
export function onlyModelInArguments(argv = process.argv.slice(2)): ModelDefinition | undefined {
  const named = argv.filter((word) => Object.hasOwn(models, word));
  return named.length === 1 ? models[named[0]] : undefined;
}

const isModel = (word: string): boolean =>
  Object.hasOwn(models, word) || (isModelFile(word) && !word.startsWith('-'));

/**
 * The settings of a training, which `train` takes and `sweep` varies. Defaults are shown but not set, so that options of
 * the user can be distinguished from those of a preset or a resumed run.
 *
 * @param definition of the model that is named, if one is: its defaults are shown
 */
export function trainingOptions(definition?: ModelDefinition): Record<string, Options> {
  const defaults = definition && resolveSettings(definition, {});
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
        ...shown(defaults && (defaults.recipe[name as keyof Recipe] ?? field.default)),
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
      ...shown(defaults?.recordEvery),
    },
    'as-printed': { describe: 'include the document’s errors', type: 'boolean' },
  };
}

/** The title and presets of a model, for the end of `--help`. */
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
