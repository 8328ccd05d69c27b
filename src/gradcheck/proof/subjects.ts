import type { OptionValue, ZooEntry } from '../../model/entry.ts';
import type { Model } from '../../model/model.ts';
import type { ModelSize } from '../points.ts';

/** A model with certain options. */
export interface Subject {
  model: Model;
  options: Record<string, OptionValue>;
  /** Those of its options that are not what the entry has by default. */
  settings: Record<string, OptionValue>;
  /** Where it takes no small number of features. */
  otherwise?: ModelSize;
}

/**
 * What is proved of an entry of the zoo: the model with these options, and, unless some were chosen, with the others that
 * its entry wants checked.
 *
 * @param values of all its options
 * @param chosen names of those that somebody chose
 */
export function subjectsOf(
  entry: ZooEntry,
  values: Record<string, OptionValue>,
  chosen: string[],
  asPrinted: boolean,
): Subject[] {
  const small = chosen.length === 0 ? entry.provedAt?.options : undefined;
  const variants = chosen.length === 0 ? [{}, ...(entry.checkedToo ?? [])] : [{}];
  const networks = [entry.size?.classes, ...(entry.otherClasses ?? [])];
  return networks.flatMap((classes) => variants.map((variant) => subject(classes, variant)));

  function subject(classes: number | undefined, variant: Record<string, OptionValue>): Subject {
    const options = { ...values, ...small, ...variant, ...(asPrinted ? { asPrinted } : {}) };
    const isSetting = ([name, value]: [string, OptionValue]): boolean =>
      String(value) !== String(entry.options[name]?.default);
    return {
      model: entry.create({ ...options, asPrinted, ...(classes && { classes }) }),
      options,
      settings: Object.fromEntries(Object.entries(options).filter(isSetting)),
      otherwise: entry.provedAt?.size ?? entry.size,
    };
  }
}
