/**
 * What yargs complains about, as one sentence that says what to do.
 */
import { InputError } from '../../utils/errors.ts';
import { printable } from '../../utils/text.ts';
import { commandNames, commands } from '../commands.ts';
import { nearest } from './suggest.ts';
import { needsValue } from './words.ts';

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
  throw new InputError(`There is no command ${JSON.stringify(printable(word))}; ${known}`);
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
