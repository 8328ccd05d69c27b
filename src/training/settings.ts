/**
 * Settings: what fixes a training besides its model, its data and its backend.
 *
 * Each one is the value that was given, or else the preset's, or else that of the run being resumed, or else the
 * model's default. They arrive as flat names and values, from a command line, a sweep file or a program.
 */
import type { OptionValue, ModelDefinition } from '../model/definition.ts';
import { InputError } from '../utils/errors.ts';
import { gradientSources, type GradientSourceName } from '../model/gradients.ts';
import { checkedChoice, checkedNumber } from '../utils/limits.ts';
import { checkedOption } from '../model/definition.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { checkedRecipe, recipeFields, type Recipe } from '../model/recipe.ts';

export interface Settings {
  /** The model's own options, all of them. */
  options: Record<string, OptionValue>;
  /** Whether the model reproduces the mistakes of its document. */
  asPrinted: boolean;
  recipe: Recipe;
  gradients: GradientSourceName;
  /** Epochs between records, or steps where the recipe counts steps. */
  recordEvery: number;
}

/** Settings by name. `undefined` means not given. */
export type GivenSettings = Readonly<Record<string, unknown>>;

export interface SettingsContext {
  /** The settings of the run being resumed. */
  resumed?: Settings;
  /** What messages call a setting: `learningRate` by default, `--learning-rate` on a command line. */
  nameOf?: (key: string) => string;
}

/** All settings except the model's own options. */
export const settingNames = [
  ...Object.keys(recipeFields),
  ...['gradients', 'preset', 'asPrinted', 'recordEvery'],
];

const recordEveryLimits = { minimum: 1, maximum: 1e9, integer: true };

/**
 * Completes and checks the settings of a training.
 *
 * @param given may contain other names, which are ignored; {@link checkSettingNames} rejects them
 * @throws InputError naming the setting that is invalid
 */
export function resolveSettings(
  definition: ModelDefinition,
  given: GivenSettings,
  { resumed, nameOf = (key) => key }: SettingsContext = {},
): Settings {
  const preset = presetOf(definition, given.preset);
  const defaults: GivenSettings = {
    ...definition.recipe,
    gradients: 'manual',
    asPrinted: false,
    ...resumed,
    ...resumed?.recipe,
  };
  const valueOf = (key: string) => given[key] ?? preset[key] ?? defaults[key];
  const recipe = checkedRecipe((key) => {
    // Who asks for epochs does not want the steps that are the model's default.
    if (key === 'steps' && given.steps === undefined && given.epochs !== undefined) return 0;
    return valueOf(key);
  }, nameOf);
  const asPrinted = valueOf('asPrinted');
  if (typeof asPrinted !== 'boolean') throw new InputError(`${nameOf('asPrinted')} takes true or false.`);
  return {
    recipe,
    options: resolveOptions(definition, given, { ...resumed?.options, ...preset }, nameOf),
    asPrinted,
    gradients: checkedChoice(nameOf('gradients'), gradientNames, valueOf('gradients')),
    recordEvery: checkedNumber(
      nameOf('recordEvery'),
      valueOf('recordEvery') ?? defaultRecordEvery(recipe),
      recordEveryLimits,
    ),
  };
}

/**
 * Completes and checks a model's own options.
 *
 * @param preset used for options that are not in `given`
 * @throws InputError naming the option that is invalid
 */
export const resolveOptions = (
  definition: ModelDefinition,
  given: GivenSettings,
  preset: GivenSettings = {},
  nameOf: (key: string) => string = (key) => key,
): Record<string, OptionValue> =>
  Object.fromEntries(
    Object.entries(definition.options).map(([name, option]) => [
      name,
      checkedOption(nameOf(name), option, given[name] ?? preset[name] ?? option.default),
    ]),
  );

/** @throws InputError for a name that is neither a setting nor an option of the model; `where` begins its message */
export function checkSettingNames(definition: ModelDefinition, given: GivenSettings, where: string): void {
  const known = [...Object.keys(definition.options), ...settingNames];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError(
    `${where}: unknown setting "${sanitizeForTerminal(unknown)}" for ${definition.name}. Valid settings: ${known.join(', ')}.`,
  );
}

const gradientNames = Object.keys(gradientSources) as GradientSourceName[];

function presetOf(definition: ModelDefinition, name: unknown): GivenSettings {
  if (name === undefined) return {};
  const presets = definition.presets ?? {};
  if (typeof name === 'string' && Object.hasOwn(presets, name)) return presets[name];
  const known = Object.keys(presets).join(', ') || 'none';
  throw new InputError(
    `${definition.name} has no preset ${sanitizeForTerminal(String(JSON.stringify(name)))}. Valid presets: ${known}.`,
  );
}

/** A few hundred records draw a smooth curve. Full batches get fewer, because their epochs are single steps. */
const defaultRecordEvery = ({ batchSize, epochs, steps }: Recipe): number =>
  Math.max(1, Math.round((steps || epochs) / (steps > 0 ? 40 : batchSize === 'full' ? 200 : 1000)));
