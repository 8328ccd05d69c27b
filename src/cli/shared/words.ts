/**
 * The words of a command line before and after yargs: what it would misread, and slips that it lets pass.
 */
import type { Argv } from 'yargs';
import { InputError } from '../../utils/errors.ts';
import type { Arguments } from './options.ts';

/** What `-` among a command's words arrives as: yargs loses it. */
export const standardInput = '<standard input>';

/**
 * The words as yargs reads them rightly. A value that begins with a minus sign, such as the list `-10,10`, is joined to
 * its option, for it would be taken for several short options; `help train` becomes `train --help`.
 *
 * @throws InputError where an option's value is an empty text, which is most often a shell's variable that is not set
 */
export function preparedWords(argv: readonly string[]): string[] {
  const [first, ...rest] = argv;
  const words: string[] = [];
  for (const word of first === 'help' ? [...rest, '--help'] : argv) {
    const before = words.at(-1);
    const option = before !== undefined && /^--[^=]+$/.test(before) ? before : undefined;
    if (option && word === '') throw needsValue(option);
    if (/^--[^=]+=$/.test(word)) throw needsValue(word.slice(0, -1));
    if (option && /^-[\d.]/.test(word)) words[words.length - 1] = `${option}=${word}`;
    else words.push(word === '-' ? standardInput : word);
  }
  return words;
}

export const needsValue = (option: string): InputError =>
  new InputError(`${option} needs a value after it; --help says which.`);

/** What yargs knows of a command's options. */
interface Known {
  /** All long names. */
  key: Record<string, unknown>;
  boolean: string[];
  array: string[];
}

const known = (parser: Argv): Known => (parser as unknown as { getOptions(): Known }).getOptions();

/** The long names of the options that a parser knows, without their twins in camelCase. */
export const optionNames = (parser: Argv): string[] =>
  Object.keys(known(parser).key).filter((name) => name.length > 1 && !/[A-Z]/.test(name));

/** Lets every option of a command but yes-or-no ones want a value. @param optional those that can also stand alone */
export function requireValues(parser: Argv, positional: string[], optional: string[] = []): void {
  const without = [...known(parser).boolean, ...positional, ...optional];
  parser.requiresArg(optionNames(parser).filter((name) => !without.includes(name)));
}

/** @throws InputError naming an option that is given twice and takes one value */
export function refuseRepeats(parser: Argv, positional: string[], args: Arguments): void {
  const lists = [...known(parser).array, ...positional];
  const twice = optionNames(parser).find((name) => Array.isArray(args[name]) && !lists.includes(name));
  if (twice !== undefined) throw new InputError(`--${twice} is given more than once; give it once.`);
}
