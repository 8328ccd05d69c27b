/**
 * A recipe: the hyperparameters of a training.
 *
 * `recipeFields` is the only place that lists them. The `Recipe` type, the checks, the command-line options and the
 * file schema are all derived from it.
 */
import { checkedChoice, checkedNumber, type NumberLimits } from '../utils/limits.ts';

interface NumberField extends NumberLimits {
  describe: string;
  default: number | 'full';
  /** Whether the string `full` is valid as well. */
  orFull?: true;
}

interface ChoiceField {
  describe: string;
  default: string;
  choices: readonly string[];
  /** Whether recipes leave it out where it has its default, as those of earlier versions do. */
  optional?: true;
}

export type RecipeField = NumberField | ChoiceField;

export const optimizerNames = ['sgd', 'momentum', 'adam', 'rmsprop', 'adagrad'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const recipeFields = {
  epochs: {
    describe: 'passes over the training rows',
    default: 1000,
    minimum: 1,
    maximum: 1e7,
    integer: true,
  },
  batchSize: {
    describe: 'rows per step, or full: all rows in every step',
    default: 'full',
    minimum: 1,
    maximum: 1e9,
    integer: true,
    orFull: true,
  },
  optimizer: { describe: 'optimizer', default: 'sgd', choices: optimizerNames },
  learningRate: { describe: 'initial learning rate', default: 0.1, exclusiveMinimum: 0 },
  // Saved runs and checkpoints store the learning-rate schedule under `decay`.
  decay: {
    describe: 'learning-rate schedule',
    default: 'none',
    choices: ['none', 'linear', 'cosine', 'one-cycle'],
  },
  seed: {
    describe: 'seed of every random choice',
    default: 1,
    minimum: 0,
    maximum: 2 ** 32 - 1,
    integer: true,
  },
  validation: {
    describe: 'share of training rows set aside for validation, 0 to 0.5; ignored if the dataset has a split',
    default: 0,
    minimum: 0,
    maximum: 0.5,
  },
  patience: {
    describe: 'stop after this many records without a lower validation loss, and restore the best; 0: off',
    default: 0,
    minimum: 0,
    maximum: 1e7,
    integer: true,
  },
  classWeights: {
    describe: 'weights of classes in the loss; balanced: rows / (classes × rows of the class)',
    default: 'none',
    choices: ['none', 'balanced'],
    optional: true,
  },
} as const satisfies Record<string, RecipeField>;

type ValueOf<F> = F extends { choices: readonly (infer Choice)[] }
  ? Choice
  : F extends { orFull: true }
    ? number | 'full'
    : number;

type Fields = typeof recipeFields;
type Optional = { [K in keyof Fields]: Fields[K] extends { optional: true } ? K : never }[keyof Fields];

export type Recipe = { -readonly [K in Exclude<keyof Fields, Optional>]: ValueOf<Fields[K]> } & {
  -readonly [K in Optional]?: ValueOf<Fields[K]>;
};

/** An object with the keys of a recipe, each value computed from its field; without those that are undefined. */
export const mapRecipeFields = (valueOf: (key: keyof Recipe, field: RecipeField) => unknown): Recipe =>
  Object.fromEntries(
    Object.entries(recipeFields)
      .map(([key, field]) => [key, valueOf(key as keyof Recipe, field)] as const)
      .filter(([, value]) => value !== undefined),
  ) as Recipe;

const isOptional = (field: RecipeField): boolean => 'optional' in field;

export const defaultRecipe: Recipe = mapRecipeFields((_, field) =>
  isOptional(field) ? undefined : field.default,
);

/**
 * The recipe whose values `valueOf` returns, each checked.
 *
 * @param nameOf what messages call a field: `recipe.epochs`, or `--epochs` on a command line
 * @throws InputError naming the first invalid field and its limits
 */
export const checkedRecipe = (
  valueOf: (key: keyof Recipe) => unknown,
  nameOf: (key: keyof Recipe) => string,
): Recipe =>
  mapRecipeFields((key, field) => {
    const value = valueOf(key);
    if (isOptional(field) && (value === undefined || value === field.default)) return undefined;
    return checkedField(nameOf(key), field, value);
  });

/** @throws InputError if the value is invalid; `name` is what the message calls the field */
export function checkedField(name: string, field: RecipeField, value: unknown): unknown {
  if ('choices' in field) return checkedChoice(name, field.choices, value);
  return field.orFull && value === 'full' ? value : checkedNumber(name, value, field);
}
