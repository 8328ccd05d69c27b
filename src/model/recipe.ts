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
  /** Left out of files and of the page's form where it has its default. */
  advanced?: true;
}

interface ChoiceField {
  describe: string;
  default: string;
  choices: readonly string[];
  advanced?: true;
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
    advanced: true,
  },
  steps: {
    describe: 'training steps in place of epochs; 0: epochs',
    default: 0,
    minimum: 0,
    maximum: 1e9,
    integer: true,
    advanced: true,
  },
  warmupSteps: {
    describe: 'steps in which the learning rate rises from near 0; the schedule begins after them',
    default: 0,
    minimum: 0,
    maximum: 1e9,
    integer: true,
    advanced: true,
  },
  clipNorm: {
    describe: 'largest norm of all gradients together: longer ones are shortened to it; 0: off',
    default: 0,
    minimum: 0,
    advanced: true,
  },
  // The defaults of TensorFlow.js, with which earlier versions trained; PyTorch's ε is 1e-8.
  beta1: {
    describe: "Adam's decay of the mean gradient",
    default: 0.9,
    minimum: 0,
    maximum: 0.9999,
    advanced: true,
  },
  beta2: {
    describe: "Adam's decay of the mean square",
    default: 0.999,
    minimum: 0,
    maximum: 0.999999,
    advanced: true,
  },
  epsilon: {
    describe: "Adam's ε, beside the root of the mean square",
    default: 1e-7,
    exclusiveMinimum: 0,
    advanced: true,
  },
  weightDecay: {
    describe:
      'AdamW: share of a weight, times the learning rate, that each step subtracts; not applied to biases',
    default: 0,
    minimum: 0,
    maximum: 10,
    advanced: true,
  },
} as const satisfies Record<string, RecipeField>;

type ValueOf<F> = F extends { choices: readonly (infer Choice)[] }
  ? Choice
  : F extends { orFull: true }
    ? number | 'full'
    : number;

export type Recipe = { -readonly [K in keyof typeof recipeFields]: ValueOf<(typeof recipeFields)[K]> };

/** An object with the keys of a recipe, each value computed from its field. */
export const mapRecipeFields = (valueOf: (key: keyof Recipe, field: RecipeField) => unknown): Recipe =>
  Object.fromEntries(
    Object.entries(recipeFields).map(([key, field]) => [key, valueOf(key as keyof Recipe, field)]),
  ) as Recipe;

/** As files hold it: without the advanced fields that have their default. */
export const recipeForFile = (recipe: Recipe): Partial<Recipe> =>
  Object.fromEntries(
    Object.entries(recipeFields)
      .map(([key, field]: [string, RecipeField]) => [key, recipe[key as keyof Recipe], field] as const)
      .filter(([, value, field]) => value !== undefined && !(field.advanced && value === field.default))
      .map(([key, value]) => [key, value]),
  );

export const defaultRecipe: Recipe = mapRecipeFields((_, field) => field.default);

/**
 * The recipe whose values `valueOf` returns, each checked. Advanced fields may be left out.
 *
 * @param nameOf what messages call a field: `recipe.epochs`, or `--epochs` on a command line
 * @throws InputError naming the first invalid field and its limits
 */
export const checkedRecipe = (
  valueOf: (key: keyof Recipe) => unknown,
  nameOf: (key: keyof Recipe) => string,
): Recipe =>
  mapRecipeFields((key, field) => {
    const value = valueOf(key) ?? (field.advanced && field.default);
    return checkedField(nameOf(key), field, value);
  });

/** @throws InputError if the value is invalid; `name` is what the message calls the field */
export function checkedField(name: string, field: RecipeField, value: unknown): unknown {
  if ('choices' in field) return checkedChoice(name, field.choices, value);
  return field.orFull && value === 'full' ? value : checkedNumber(name, value, field);
}
