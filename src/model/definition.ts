/**
 * What the zoo knows about each of its models beside the mathematics: its options, the dataset it belongs to and
 * the recipe by which it is trained unless told otherwise.
 */
import type { Model } from './model.ts';
import type { ParameterSet } from './parameters.ts';
import type { Recipe } from './recipe.ts';
import { InputError } from '../utils/errors.ts';
import * as z from '../utils/schema.ts';
import { checkedNumber, type NumberLimits } from '../utils/limits.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

export type OptionValue = string | number | boolean | number[];

/** One `--option` of a model. Its type is that of its default. */
export interface ModelOption extends NumberLimits {
  describe: string;
  default: OptionValue;
  choices?: readonly string[];
  /** For lists of numbers: how many; or how many at most, where each number adds something. */
  length?: number;
  maxNumbers?: number;
}

/** How a model that is not trained itself gets its parameters: from copies of another one, each trained its own way. */
export interface Composition {
  of: ModelDefinition;
  /** Name of each part → the options (of `of` and its dataset) that it is trained with. */
  parts: Record<string, Record<string, OptionValue>>;
  /** The whole's parameters from those of its parts, by the parts' names. */
  compose: (parts: Record<string, ParameterSet>) => ParameterSet;
}

export interface ModelDefinition {
  name: string;
  title: string;
  /** The document that describes it: `000`, `001`, `003` or `004`; `own` for yours. */
  document: string;
  /** Name of the dataset it is trained on. */
  dataset: string;
  options: Record<string, ModelOption>;
  /** Columns of x and number of classes in its dataset; found by trial where left out. */
  size?: { features: number; classes: number };
  /** Other numbers of classes (1: a regression) that make it another network, checked and proved as well. */
  otherClasses?: number[];
  /** Options beside the defaults under which its gradients are checked too; the shapes of parameters must not change. */
  alsoChecked?: Record<string, OptionValue>[];
  /** Activations that are pictures, `[batch, height, width, maps]`, in the order of the network: shown in reports. */
  featureMaps?: readonly string[];
  /** Smaller options and sizes at which its gradients are proved, where the default ones take long. */
  provedAt?: { options?: Record<string, OptionValue>; size?: { features: number; classes: number } };
  recipe: Recipe;
  /** What of it is otherwise on data of the user's own, which are fewer, say. */
  recipeForUserData?: Partial<Recipe>;
  /** Set for a model from a file of the user's own. */
  file?: ModelFile;
  /** Named bundles of options and recipe entries, for `--preset`. */
  presets?: Record<string, Partial<Recipe> & Record<string, OptionValue>>;
  /** Why it cannot learn its data with these options, and what can: a sentence, where that is known. */
  cannotLearn?: (options: Record<string, OptionValue>) => string | undefined;
  /** Set where training means training parts: see `trainComposition`. */
  composition?: Composition;
  /** The model with these options. */
  create(options: Record<string, OptionValue> & Creation): Model;
}

export interface ModelFile {
  /** As it was given; of several models in a file with its name after a #. */
  path: string;
  sha256: string;
  /** The local files that it imports, directly or not, by their paths from its directory. */
  imports?: { path: string; sha256: string }[];
}

/** What a model is created for, beside its options. */
export interface Creation {
  /** Whether it reproduces the document's errors. */
  asPrinted: boolean;
  /** Of the data: 2 or more, or 1 where a number is predicted. Most models ask for it in `initial` only. */
  classes?: number;
}

type Widened<T> = T extends number
  ? number
  : T extends string
    ? string
    : T extends boolean
      ? boolean
      : number[];

type OptionsOf<O extends Record<string, ModelOption>> = { [name in keyof O]: Widened<O[name]['default']> };

/** Lets TypeScript carry the options' types into `create`. */
export function defineZooModel<const O extends Record<string, ModelOption>>(
  definition: Omit<ModelDefinition, 'options' | 'create'> & {
    options: O;
    create(options: OptionsOf<O> & Creation): Model;
  },
): ModelDefinition {
  return definition;
}

/** The definition with the recipe for data of the user's own, where these are asked for. */
export const definitionFor = (
  definition: ModelDefinition,
  { own }: { own?: unknown } = {},
): ModelDefinition =>
  own ? { ...definition, recipe: { ...definition.recipe, ...definition.recipeForUserData } } : definition;

/** The values of a model's options where nobody says otherwise. */
export const defaultsOf = ({ options }: Pick<ModelDefinition, 'options'>): Record<string, OptionValue> =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));

const requiredFields = {
  name: z.string(),
  dataset: z.string(),
  options: z.plainObject,
  recipe: z.plainObject,
  create: z.callable,
};
const optionalFields = {
  ...{
    title: z.string(),
    document: z.string(),
    size: z.plainObject,
    otherClasses: z.list,
    alsoChecked: z.list,
  },
  ...{ featureMaps: z.list, provedAt: z.plainObject, recipeForUserData: z.plainObject, file: z.plainObject },
  ...{ presets: z.plainObject, cannotLearn: z.callable, composition: z.plainObject },
};
// prettier-ignore
const optionFields = [
  'describe', 'default', 'choices', 'length', 'maxNumbers', 'minimum', 'maximum', 'integer',
];

/** @throws InputError if a value is not a model definition, or has a field that definitions do not have */
export function checkDefinition(definition: ModelDefinition, where = 'The definition'): void {
  const fields = [...Object.keys(requiredFields), ...Object.keys(optionalFields)];
  z.checkValue(where, definition, z.plainObject);
  z.rejectUnknownFields(where, definition, fields, {
    checkedToo: 'alsoChecked',
    recipeOnOwn: 'recipeForUserData',
  });
  z.checkFields(where, definition, requiredFields);
  for (const [name, kind] of Object.entries(optionalFields))
    z.checkValue(
      `${where}.${name}`,
      (definition as unknown as Record<string, unknown>)[name],
      z.optional(kind),
    );
  for (const [name, option] of Object.entries(definition.options)) {
    z.checkValue(`${where}.options.${name}`, option, z.plainObject);
    z.rejectUnknownFields(`${where}.options.${name}`, option, optionFields, {
      mostNumbers: 'maxNumbers',
    });
  }
}

/**
 * One value of an option, of the type of the option's default.
 *
 * @param where how to call it in messages: `--hidden`
 * @throws InputError when it is of another type or outside the option's limits
 */
export function checkedOption(where: string, option: ModelOption, given: unknown): OptionValue {
  const defaultValue = option.default;
  if (Array.isArray(defaultValue)) {
    if (!Array.isArray(given)) throw new InputError(`${where} takes a list of numbers.`);
    const { length = given.length, maxNumbers = Infinity } = option;
    if (given.length > maxNumbers) throw new InputError(`${where} takes at most ${maxNumbers} numbers.`);
    if (given.length !== length)
      throw new InputError(`${where} takes ${length} numbers, not ${given.length}.`);
    return given.map((value) => checkedNumber(where, value, option));
  }
  if (typeof defaultValue === 'number') return checkedNumber(where, given, option);
  if (typeof given !== typeof defaultValue) throw new InputError(`${where} takes a ${typeof defaultValue}.`);
  if (option.choices && !option.choices.includes(given as string)) {
    throw new InputError(
      `${where} takes one of ${option.choices.join(', ')}, not ${sanitizeForTerminal(String(given))}.`,
    );
  }
  return given as string | boolean;
}

/**
 * The options of a model as a file holds them: every one, no other, each within its limits.
 *
 * @throws InputError that names the option
 */
export function checkedOptions(
  definition: ModelDefinition,
  given: Record<string, unknown>,
  name: string,
): Record<string, OptionValue> {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(definition.options, key));
  if (unknown !== undefined) {
    throw new InputError(
      `${name} has an option ${sanitizeForTerminal(unknown)} that the model ${definition.name} does not know.`,
    );
  }
  return Object.fromEntries(
    Object.entries(definition.options).map(([key, option]) => {
      if (!Object.hasOwn(given, key)) throw new InputError(`${name} lacks the option ${key}.`);
      return [key, checkedOption(`${name}: option ${key}`, option, given[key])];
    }),
  );
}

/** What a model of sequences is trained on; the dataset `sequences` reads both options. */
export const corpusOption = {
  describe: 'names, text, addition or copy; auto: names, or with --data-file the text of the file',
  default: 'auto',
  choices: ['auto', 'names', 'text', 'addition', 'copy'],
} as const satisfies ModelOption;

export const contextOption = {
  describe: 'tokens that a prediction can look back on',
  default: 16,
  integer: true,
  minimum: 1,
  maximum: 4096,
} as const satisfies ModelOption;
