/**
 * The words of a command line before and after yargs: what it would misread, and slips that it lets pass.
 */
import { commandNames, commands } from '../commands.ts';
import { nearest } from './suggest.ts';
import type { Arguments } from './options.ts';
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import type { Argv } from 'yargs';
import { standardInput } from './options.ts';

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

/** @throws InputError where the first word names no command */
export function checkCommand(argv: readonly string[]): void {
  const word = argv.find((word) => !word.startsWith('-'));
  if (
    word === undefined ||
    argv[0] === '--get-yargs-completions' ||
    [...commandNames, 'completion'].includes(word)
  )
    return;
  const meant = nearest(word, commandNames);
  const known = meant ? `did you mean ${meant}?` : '`zoo --help` lists what there is.';
  throw new InputError(`There is no command ${JSON.stringify(sanitizeForTerminal(word))}; ${known}`);
}

/**
 * @param argv what was given
 * @param options the long names that the command knows
 */
export function sentenceOf(complaint: string, argv: readonly string[], options: readonly string[]): string {
  const text = complaint.trim().replace(/\s*\n\s*/g, ' ');
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(text) ?? [];
  if (unknown !== undefined) {
    // A misspelt `--learning-rate` is also complained about as `learningRate`.
    const word = unknown.split(', ')[0];
    const meant = nearest(word, options);
    const isOption = argv.some((given) => given.replace(/=.*/s, '') === `--${word}`);
    const known = meant && isOption ? `did you mean --${meant}?` : '--help lists what there is.';
    return isOption ? `There is no option --${word} here; ${known}` : `What is "${word}" here? ${known}`;
  }
  const [, lacking] = /^Not enough arguments following: (.*)$/.exec(text) ?? [];
  if (lacking !== undefined) return needsValue(`--${lacking}`).message;
  if (text.startsWith('Not enough non-option arguments')) {
    const { command } = commands.find(({ command }) => argv.includes(command.split(' ')[0])) ?? {};
    return `Something is missing: zoo ${command}; add --help to have it explained.`;
  }
  return text
    .replace(
      /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
      (_, option: string, given: string, choices: string) => {
        const names = choices.replaceAll('"', '');
        const meant = nearest(given.replaceAll('"', ''), names.split(', '));
        return `There is no ${option} ${given}; ${meant ? `did you mean ${meant}? There are` : 'there are'} ${names}`;
      },
    )
    .replace(/([^.?!])$/, '$1.');
}
