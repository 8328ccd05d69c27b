import type { OptionValue, ZooEntry } from '../../core/entry.ts';
import type { Model } from '../../core/model.ts';
import type { ModelSize } from '../gradients/points.ts';

/** A model with certain options. */
export interface Subject {
  model: Model;
  options: Record<string, OptionValue>;
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
  return variants.map((variant) => {
    const options = { ...values, ...small, ...variant };
    return {
      model: entry.create({ ...options, asPrinted }),
      options: asPrinted ? { ...options, asPrinted } : options,
      otherwise: entry.provedAt?.size ?? entry.size,
    };
  });
}
