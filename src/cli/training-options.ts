import type { Options } from 'yargs';
import { gradientSources } from '../core/gradients/index.ts';
import { recipeFields, type RecipeField } from '../core/recipe.ts';
import { dashed } from '../core/text.ts';

function optionOf(field: RecipeField): Options {
  if ('choices' in field) return { describe: field.describe, choices: field.choices };
  return { describe: field.describe, type: field.orFull ? 'string' : 'number' };
}

/** The settings of a training, which `train` takes and `sweep` varies. */
export const trainingOptions: Record<string, Options> = {
  gradients: {
    describe: 'by hand, by tf.variableGrads, or by central differences',
    choices: Object.keys(gradientSources),
    defaultDescription: 'manual',
  },
  preset: { describe: 'a named bundle of settings', type: 'string' },
  ...Object.fromEntries(Object.entries(recipeFields).map(([name, field]) => [dashed(name), optionOf(field)])),
  'record-every': { describe: 'epochs between records of loss and accuracy', type: 'number' },
  'as-printed': { describe: 'with the document’s errors', type: 'boolean' },
};
