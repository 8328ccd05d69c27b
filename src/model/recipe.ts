/**
 * How a model is trained. One table holds each field with its words, its usual value and what it may be; the type of a
 * recipe, the checks, the schema of files and the options of the command line all come from it.
 */
import { InputError } from '../utils/errors.ts';
import { checkedNumber, type NumberLimits } from '../utils/limits.ts';
import { sanitizeForTerminal } from '../utils/text.ts';

interface NumberField extends NumberLimits {
  describe: string;
  default: number | 'full';
  minimum: number;
  maximum: number;
  /** Whether `full` is possible, too: as many as there are. */
  orFull?: true;
}

interface ChoiceField {
  describe: string;
  default: string;
  choices: readonly string[];
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
  optimizer: { describe: 'how gradients move weights', default: 'sgd', choices: optimizerNames },
  learningRate: { describe: 'step size at the start', default: 0.1, minimum: 1e-12, maximum: 1e6 },
  decay: {
    describe: 'how the learning rate falls to (nearly) 0 over the run; one-cycle rises first',
    default: 'none',
    choices: ['none', 'linear', 'cosine', 'one-cycle'],
  },
  seed: {
    describe: 'fixes every random choice',
    default: 1,
    minimum: 0,
    maximum: 2 ** 32 - 1,
    integer: true,
  },
  validation: {
    describe: 'share of training rows set aside, 0 to 0.5; ignored where the dataset brings its own',
    default: 0,
    minimum: 0,
    maximum: 0.5,
  },
  patience: {
    describe: 'recorded epochs without a better validation loss before stopping with the best; 0: never stop',
    default: 0,
    minimum: 0,
    maximum: 1e7,
    integer: true,
  },
} as const satisfies Record<string, RecipeField>;

type ValueOf<F> = F extends { choices: readonly (infer Choice)[] }
  ? Choice
  : F extends { orFull: true }
    ? number | 'full'
    : number;

export type Recipe = { -readonly [K in keyof typeof recipeFields]: ValueOf<(typeof recipeFields)[K]> };

/** A recipe whose fields come from `valueOf`. */
export const mapRecipeFields = (valueOf: (key: keyof Recipe, field: RecipeField) => unknown): Recipe =>
  Object.fromEntries(
    Object.entries(recipeFields).map(([key, field]) => [key, valueOf(key as keyof Recipe, field)]),
  ) as Recipe;

/** Every field at its usual value. */
export const defaultRecipe: Recipe = mapRecipeFields((_, field) => field.default);

/** @param where how messages call the field: `--epochs` @throws InputError unless the value is one that is possible */
export function checkedField(where: string, field: RecipeField, value: unknown): unknown {
  if ('choices' in field) return checkedChoice(where, field.choices, value);
  return field.orFull && value === 'full' ? value : checkedNumber(where, value, field);
}

/** @throws InputError unless the value is one of the choices */
export function checkedChoice<C>(where: string, choices: readonly C[], value: unknown): C {
  if ((choices as readonly unknown[]).includes(value)) return value as C;
  throw new InputError(
    `${where} takes one of ${choices.join(', ')}, not ${sanitizeForTerminal(String(JSON.stringify(value)))}.`,
  );
}
