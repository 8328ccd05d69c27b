/** The models and sizes that `gradcheck` and `prove` read from the command line. */
import type { Argv, Options } from 'yargs';
import type { ModelSize } from '../../gradcheck/check.ts';
import { subjectsOf, type Subject } from '../../gradcheck/proof/index.ts';
import type { UserModel } from '../../runs/user-models.ts';
import { onlyModelInArguments } from './model-options.ts';
import { modelOptions, modelOptionValues, wholeNumber, type Arguments } from './options.ts';

/** Declares the names of models, these options, and those of the model if only one is named. */
export function declareModels(yargs: Argv, options: Record<string, Options>): Argv {
  const only = onlyModelInArguments();
  return yargs
    .positional('model', { describe: 'names of models or model files [all models]', type: 'string' })
    .options({ ...options, ...(only ? modelOptions(only) : {}) } as never);
}

/** The models with the options given; with none given also the other settings that their definitions want checked. */
export const subjectsIn = (models: UserModel[], args: Arguments): Subject[] =>
  models.flatMap(({ model, definition }) => [
    ...(definition
      ? subjectsOf(
          definition,
          modelOptionValues(definition, args),
          Object.keys(definition.options).filter((name) => args[name] !== undefined),
          args.asPrinted as boolean,
        )
      : []),
    ...(model ? [{ model, options: {}, settings: {} }] : []),
  ]);

export const sizeIn = (args: Arguments): Partial<ModelSize> => ({
  ...(args.features !== undefined && { features: wholeNumber(args, 'features', 1, 1e6) }),
  ...(args.classes !== undefined && { classes: wholeNumber(args, 'classes', 1, 1e4) }),
});
