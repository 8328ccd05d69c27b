/**
 * What a training is asked to do: the caller's word, else the preset's, else that of the run which is resumed, else
 * the model's own. Values come flat and by name, as a command line, a sweep file or a program gives them.
 */
import { type OptionValue, type ModelDefinition, checkedOption } from '../model/definition.ts';
import { InputError } from '../utils/errors.ts';
import { gradientSources, type GradientSourceName } from '../model/gradients.ts';
import { checkedNumber } from '../utils/limits.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { checkedChoice, checkedField, recipeFields, mapRecipeFields, type Recipe } from '../model/recipe.ts';

/** What fixes a training beside its model, its data and its backend. */
export interface Settings {
  /** The model's own options, complete. */
  options: Record<string, OptionValue>;
  /** With the document's errors. */
  asPrinted: boolean;
  recipe: Recipe;
  gradients: GradientSourceName;
  /** Every so many epochs a record is made. */
  recordEvery: number;
}

/** Values of settings by name; `undefined` is as good as not given. */
export type GivenSettings = Readonly<Record<string, unknown>>;

export interface SettingsContext {
  /** Those of the run that is continued, which are then the defaults. */
  resumed?: Settings;
  /** How messages call a setting: `learningRate`, or `--learning-rate` on a command line. */
  nameOf?: (key: string) => string;
}

/** What {@link settingsFor} understands beside the model's own options. */
export const settingNames = [
  ...Object.keys(recipeFields),
  ...['gradients', 'preset', 'asPrinted', 'recordEvery'],
];

/**
 * @param given may hold other things, too; see {@link refuseUnknownSettings}
 * @throws InputError naming the setting that is wrong
 */
export function settingsFor(
  definition: ModelDefinition,
  given: GivenSettings,
  { resumed, nameOf = (key) => key }: SettingsContext = {},
): Settings {
  const preset: Record<string, unknown> = presetOf(definition, given.preset);
  const base: Record<string, unknown> = {
    ...definition.recipe,
    gradients: 'manual',
    ...resumed,
    ...resumed?.recipe,
  };
  const value = (key: string) => given[key] ?? preset[key] ?? base[key];
  const recipe = mapRecipeFields((key, field) => checkedField(nameOf(key), field, value(key)));
  const asPrinted = value('asPrinted') ?? false;
  if (typeof asPrinted !== 'boolean') throw new InputError(`${nameOf('asPrinted')} takes true or false.`);
  return {
    recipe,
    options: optionsFor(definition, given, { ...resumed?.options, ...preset }, nameOf),
    asPrinted,
    gradients: checkedChoice(nameOf('gradients'), gradientNames, value('gradients')),
    recordEvery: checkedNumber(nameOf('recordEvery'), value('recordEvery') ?? usualRecordEvery(recipe), {
      minimum: 1,
      maximum: 1e9,
      integer: true,
    }),
  };
}

/** Values of a model's options: those given, else the preset's, else the defaults. @throws InputError */
export const optionsFor = (
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

/** @throws InputError for a name that is neither a setting of training nor an option of the model */
export function refuseUnknownSettings(
  definition: ModelDefinition,
  given: GivenSettings,
  where: string,
): void {
  const known = [...Object.keys(definition.options), ...settingNames];
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new InputError(
    `${where}: the model ${definition.name} has no setting ${sanitizeForTerminal(unknown)}; it has ${known.join(', ')}.`,
  );
}

const gradientNames = Object.keys(gradientSources) as GradientSourceName[];

function presetOf(definition: ModelDefinition, name: unknown): GivenSettings {
  if (name === undefined) return {};
  const presets = definition.presets ?? {};
  if (typeof name === 'string' && Object.hasOwn(presets, name)) return presets[name];
  const known = Object.keys(presets).join(', ') || 'none';
  throw new InputError(
    `${definition.name} has no preset ${sanitizeForTerminal(String(JSON.stringify(name)))}; it has: ${known}.`,
  );
}

/** A few hundred points make a smooth curve; 20 000 epochs need not be measured one by one. */
const usualRecordEvery = ({ batchSize, epochs }: Recipe): number =>
  Math.max(1, Math.round(epochs / (batchSize === 'full' ? 200 : 1000)));
