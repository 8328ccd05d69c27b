/**
 * Whether values are what a model's options allow, wherever they come from: the command line, a weights file, a
 * checkpoint.
 */
import { InputError } from '../utils/errors.ts';
import { checkedNumber } from '../utils/limits.ts';
import { printable } from '../utils/printable.ts';
import type { ModelOption, OptionValue, ZooEntry } from './entry.ts';

/**
 * One value of an option, of the type of the option's default.
 *
 * @param where how to call it in messages: `--hidden`
 * @throws InputError when it is of another type or outside the option's limits
 */
export function checkedOption(where: string, option: ModelOption, given: unknown): OptionValue {
  const usual = option.default;
  if (Array.isArray(usual)) {
    if (!Array.isArray(given)) throw new InputError(`${where} takes a list of numbers.`);
    const { length = given.length, mostNumbers = Infinity } = option;
    if (given.length > mostNumbers) throw new InputError(`${where} takes at most ${mostNumbers} numbers.`);
    if (given.length !== length)
      throw new InputError(`${where} takes ${length} numbers, not ${given.length}.`);
    return given.map((value) => checkedNumber(where, value, option));
  }
  if (typeof usual === 'number') return checkedNumber(where, given, option);
  if (typeof given !== typeof usual) throw new InputError(`${where} takes a ${typeof usual}.`);
  if (option.choices && !option.choices.includes(given as string)) {
    throw new InputError(
      `${where} takes one of ${option.choices.join(', ')}, not ${printable(String(given))}.`,
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
  entry: ZooEntry,
  given: Record<string, unknown>,
  name: string,
): Record<string, OptionValue> {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(entry.options, key));
  if (unknown !== undefined) {
    throw new InputError(
      `${name} has an option ${printable(unknown)} that the model ${entry.name} does not know.`,
    );
  }
  return Object.fromEntries(
    Object.entries(entry.options).map(([key, option]) => {
      if (!Object.hasOwn(given, key)) throw new InputError(`${name} lacks the option ${key}.`);
      return [key, checkedOption(`${name}: option ${key}`, option, given[key])];
    }),
  );
}
