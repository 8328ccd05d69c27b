/** Which models, with which options, are proved of a definition of the zoo. */
import type { ModelSize } from '../points.ts';
import type { ModelDefinition, OptionValue } from '../../model/definition.ts';
import type { Model } from '../../model/model.ts';

/** A model with certain options. */
export interface Subject {
  model: Model;
  options: Record<string, OptionValue>;
  /** Those of its options that are not what the definition has by default. */
  settings: Record<string, OptionValue>;
  /** Where it takes no small number of features. */
  otherwise?: ModelSize;
}

/**
 * What is proved of a definition of the zoo: the model with these options, and, unless some were chosen, with the others that
 * its definition wants checked.
 *
 * @param values of all its options
 * @param chosen names of those that somebody chose
 */
export function subjectsOf(
  definition: ModelDefinition,
  values: Record<string, OptionValue>,
  chosen: string[],
  asPrinted: boolean,
): Subject[] {
  const small = chosen.length === 0 ? definition.provedAt?.options : undefined;
  const variants = chosen.length === 0 ? [{}, ...(definition.alsoChecked ?? [])] : [{}];
  const networks = [definition.size?.classes, ...(definition.otherClasses ?? [])];
  return networks.flatMap((classes) => variants.map((variant) => subject(classes, variant)));

  function subject(classes: number | undefined, variant: Record<string, OptionValue>): Subject {
    const options = { ...values, ...small, ...variant, ...(asPrinted ? { asPrinted } : {}) };
    const isSetting = ([name, value]: [string, OptionValue]): boolean =>
      String(value) !== String(definition.options[name]?.default);
    return {
      model: definition.create({ ...options, asPrinted, ...(classes && { classes }) }),
      options,
      settings: Object.fromEntries(Object.entries(options).filter(isSetting)),
      otherwise: definition.provedAt?.size ?? definition.size,
    };
  }
}
