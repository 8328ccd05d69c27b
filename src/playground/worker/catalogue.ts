/**
 * The models and settings that the page offers, from the declarations of models and recipes.
 */
import { rowModels } from '../../../models/rows.ts';
import type { ModelOption, OptionValue, ModelDefinition } from '../../model/definition.ts';
import { InputError } from '../../utils/errors.ts';
import { gradientSources } from '../../model/gradients.ts';
import { recipeFields, recipeForFile, type RecipeField } from '../../model/recipe.ts';
import { checkSettingNames, resolveSettings, type Settings } from '../../training/settings.ts';
import type { BackendName } from '../../backend/index.ts';
import type { Address, Catalogue, Field, Invalid, ModelCard } from '../messages.ts';
import { isAtHand } from './data.ts';

const backends = ['wasm', 'cpu', 'float64'] as const satisfies BackendName[];

/** The settings that determine a run, together with its data. */
export interface RunSettings extends Settings {
  definition: ModelDefinition;
  backend: BackendName;
  /** Name of the user's data; the dataset of the model if undefined. */
  data?: string;
}

const textOf = (value: OptionValue): string => (Array.isArray(value) ? value.join(',') : String(value));

function optionField(name: string, { default: initial, ...option }: ModelOption): Field {
  const kinds = { number: 'number', boolean: 'switch', string: 'choice', object: 'numbers' } as const;
  return { ...option, name, kind: kinds[typeof initial as keyof typeof kinds], default: textOf(initial) };
}

function recipeField(name: string, { default: initial, ...field }: RecipeField): Field {
  return { ...field, name, kind: 'choices' in field ? 'choice' : 'number', default: String(initial) };
}

const choice = (name: string, describe: string, choices: readonly string[]): Field => {
  return { name, describe, kind: 'choice', choices, default: choices[0] };
};

const recipeForm: [Field, RecipeField][] = Object.entries(recipeFields).map(
  ([name, field]: [string, RecipeField]) => [recipeField(name, field), field],
);

const commonFields: Field[] = [
  ...recipeForm.filter(([, { advanced }]) => !advanced).map(([field]) => field),
  choice('gradients', 'where gradients come from', Object.keys(gradientSources)),
  { name: 'asPrinted', describe: "with the document's errors", kind: 'switch', default: 'false' },
  choice('backend', 'where numbers are computed', backends),
  {
    name: 'recordEvery',
    describe: 'interval of recorded losses, in epochs',
    kind: 'number',
    default: '1',
    minimum: 1,
    maximum: 1e9,
    integer: true,
  },
];

/** Titles of the models of sequences, which are loaded when one of them is chosen. */
export const sequenceTitles: Record<string, string> = {
  bigram: 'the next character from the one before',
  rnn: 'a recurrent network with one tanh layer',
  lstm: 'a recurrent network whose cells remember and forget by gates',
  gru: 'a recurrent network whose gates decide what to overwrite',
  gpt: 'a transformer that predicts the next character, as microgpt and nanoGPT do',
};

let offered = Object.values(rowModels).filter(isAtHand);

/** Loads the model that an address asks for; to be awaited before {@link settingsOf} and {@link checkAddress}. */
export async function loadModel({ model = '' }: Address): Promise<void> {
  if (!Object.hasOwn(sequenceTitles, model) || offered.some(({ name }) => name === model)) return;
  const { sequenceModels } = await import('./sequences.ts');
  offered = [...offered, ...Object.values(sequenceModels)];
}

/** Models that are not loaded yet have no fields. */
export function catalogue(): Catalogue {
  const loaded = offered.map(cardOf);
  const others = Object.entries(sequenceTitles)
    .filter(([name]) => !offered.some((model) => model.name === name))
    .map(([name, title]) => {
      return { name, title, document: '–', dataset: 'sequences', fields: [], presets: [] };
    });
  return { fields: commonFields, models: [...loaded, ...others] };
}

function cardOf(definition: ModelDefinition): ModelCard {
  const { name, title, document, dataset, options, presets = {} } = definition;
  const fields = [
    ...Object.entries(options).map(([name, option]) => optionField(name, option)),
    ...advancedFields(definition),
  ];
  return { name, title, document, dataset, fields, presets: Object.keys(presets) };
}

/** Advanced settings that the recipe of the model or one of its presets uses. */
const advancedFields = ({ recipe, presets = {} }: ModelDefinition): Field[] =>
  recipeForm
    .filter(([{ name }, { advanced, default: initial }]) =>
      [recipe, ...Object.values(presets)].some((values) => {
        const value = (values as Record<string, unknown>)[name];
        return advanced && value !== undefined && value !== initial;
      }),
    )
    .map(([field]) => field);

/** @throws InputError for an unknown name or an invalid value in the address */
export function settingsOf({ model = 'gate', backend = 'wasm', data, ...given }: Address): RunSettings {
  const definition = offered.find(({ name }) => name === model);
  if (!definition) {
    throw new InputError(
      `Unknown model ${JSON.stringify(model)}. Known: ${catalogue()
        .models.map(({ name }) => name)
        .join(', ')}.`,
    );
  }
  checkSettingNames(definition, given, 'The address');
  if (!(backends as readonly string[]).includes(backend)) {
    throw new InputError(`backend takes one of ${backends.join(', ')}, not ${backend}.`);
  }
  const fields = [...cardOf(definition).fields, ...recipeForm.map(([field]) => field), ...commonFields];
  const values = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [
      name,
      valueOf(
        text,
        fields.find((field) => field.name === name),
      ),
    ]),
  );
  return { ...resolveSettings(definition, values), definition, backend: backend as BackendName, data };
}

/**
 * Separates the invalid settings of an address from the others, so that one typo in a link does not lose the rest.
 *
 * @returns the address without them
 */
export function checkAddress(address: Address): { address: Address; invalid: Invalid } {
  if (problemOf(address) === undefined) return { address, invalid: {} };
  const { model, ...rest } = address;
  const invalid: Invalid = {};
  let accepted: Address = {};
  for (const [name, text] of Object.entries({ ...(model !== undefined && { model }), ...rest })) {
    const message = problemOf({ ...accepted, [name]: text });
    if (message === undefined) accepted = { ...accepted, [name]: text };
    else invalid[name] = { text, message };
  }
  return { address: accepted, invalid };
}

function problemOf(address: Address): string | undefined {
  try {
    settingsOf(address);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

function valueOf(text: string, field?: Field): unknown {
  if (text === 'full' && field?.orFull) return text;
  // An empty field is no 0.
  const number = (part: string) => (part.trim() === '' ? NaN : Number(part));
  if (field?.kind === 'number') return number(text);
  if (field?.kind === 'numbers') return text.split(',').map(number);
  if (field?.kind === 'switch') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

/** The complete address of a run, which stays valid if defaults change. */
export function addressOf({ definition, options, recipe, data, ...rest }: RunSettings): Address {
  const { gradients, asPrinted, backend, recordEvery } = rest;
  const values = {
    ...options,
    ...recipeForFile(recipe),
    gradients,
    asPrinted,
    backend,
    recordEvery,
    ...(data && { data }),
  };
  const texts = Object.entries(values).map(([name, value]) => [name, textOf(value)]);
  return { model: definition.name, ...(Object.fromEntries(texts) as Address) };
}
