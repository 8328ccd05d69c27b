/**
 * The arguments of a command line before and after yargs: what it would misread, mistakes that it lets pass, and its
 * error messages as one sentence that says what to do.
 */
import type { Argv } from 'yargs';
import { InputError } from '../../utils/errors.ts';
import { sanitizeForTerminal } from '../../utils/text.ts';
import { standardInput, type Arguments } from './options.ts';

/** With it, the shell asks how a command line may go on. */
const completions = '--get-yargs-completions';

/**
 * Arguments in a form that yargs reads correctly. A value that begins with a minus sign, such as the list `-10,10`, is
 * joined to its option, since yargs would take it for several short options; `help train` becomes `train --help`. After
 * `--`, what begins with a minus sign is a path: `-d.png` becomes `./-d.png`.
 *
 * @throws InputError if the value of an option is empty, which usually means that a shell variable is not set
 */
export function normalizeArguments(argv: readonly string[]): string[] {
  // There, -- is the beginning of an option.
  if (argv[0] === completions) return [...argv];
  const options = beforeSeparator(argv);
  const paths = argv.slice(options.length + 1).map((word) => (/^-./.test(word) ? `./${word}` : word));
  const [first, ...rest] = options;
  const words: string[] = [];
  for (const word of [...(first === 'help' ? [...rest, '--help'] : options), ...paths]) {
    const before = words.at(-1);
    const option = before !== undefined && /^--[^=]+$/.test(before) ? before : undefined;
    if (option && word === '') throw missingValue(option);
    if (/^--[^=]+=$/.test(word)) throw missingValue(word.slice(0, -1));
    if (option && /^-[\d.]/.test(word)) words[words.length - 1] = `${option}=${word}`;
    else words.push(word === '-' ? standardInput : word);
  }
  return words;
}

/** The arguments before `--`: only there, words that begin with a minus sign are options. */
export const beforeSeparator = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

const missingValue = (option: string): InputError => new InputError(`${option} needs a value. See --help.`);

/** @throws InputError if the first argument is not a command */
export function checkCommand(argv: readonly string[], commandNames: readonly string[]): void {
  const word = argv.find((word) => !word.startsWith('-'));
  if (word === undefined || argv[0] === completions || [...commandNames, 'completion'].includes(word)) return;
  const suggestion = nearest(word, commandNames);
  throw new InputError(
    `Unknown command ${JSON.stringify(sanitizeForTerminal(word))}. ${suggestion ? `Did you mean ${suggestion}?` : 'See zoo --help.'}`,
  );
}

/**
 * An error message of yargs as one sentence that says what to do.
 *
 * @param options long names of the options that the command takes
 * @param usages usage of every command, such as `train <model>`
 */
export function usageMessage(
  message: string,
  argv: readonly string[],
  options: readonly string[],
  usages: readonly string[],
): string {
  const text = message.trim().replace(/\s*\n\s*/g, ' ');
  const [, unknown] = /^Unknown arguments?: (.*)$/.exec(text) ?? [];
  if (unknown !== undefined) {
    // yargs reports a misspelt `--learning-rate` twice, the second time as `learningRate`.
    const word = unknown.split(', ')[0];
    if (!argv.some((given) => given.replace(/=.*/s, '') === `--${word}`))
      return `Unexpected argument "${word}". See --help.`;
    const suggestion = nearest(word, options);
    return `Unknown option --${word}. ${suggestion ? `Did you mean --${suggestion}?` : 'See --help.'}`;
  }
  const [, option] = /^Not enough arguments following: (.*)$/.exec(text) ?? [];
  if (option !== undefined) return missingValue(`--${option}`).message;
  if (text.startsWith('Not enough non-option arguments')) {
    const usage = usages.find((usage) => argv.includes(usage.split(' ')[0]));
    return `Missing argument. Usage: zoo ${usage ?? '<command>'}`;
  }
  return text
    .replace(
      /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
      (_, name: string, given: string, choices: string) => {
        const names = choices.replaceAll('"', '');
        const suggestion = nearest(given.replaceAll('"', ''), names.split(', '));
        return `Unknown ${name} ${given}.${suggestion ? ` Did you mean ${suggestion}?` : ''} Choose from: ${names}.`;
      },
    )
    .replace(/([^.?!])$/, '$1.');
}

/** What yargs knows of a command's options. */
interface Known {
  /** All long names. */
  key: Record<string, unknown>;
  boolean: string[];
  array: string[];
}

const known = (parser: Argv): Known => (parser as unknown as { getOptions(): Known }).getOptions();

/** The long names of the options that a parser knows, without their camelCase aliases. */
export const optionNames = (parser: Argv): string[] =>
  Object.keys(known(parser).key).filter((name) => name.length > 1 && !/[A-Z]/.test(name));

/** Makes every option of a command except the boolean ones require a value. @param optional those that need none */
export function requireValues(parser: Argv, positional: string[], optional: string[] = []): void {
  const without = [...known(parser).boolean, ...positional, ...optional];
  parser.requiresArg(optionNames(parser).filter((name) => !without.includes(name)));
}

/** @throws InputError naming an option that is given twice and takes one value */
export function rejectRepeatedOptions(parser: Argv, positional: string[], args: Arguments): void {
  const lists = [...known(parser).array, ...positional];
  const twice = optionNames(parser).find((name) => Array.isArray(args[name]) && !lists.includes(name));
  if (twice !== undefined) throw new InputError(`--${twice} is given more than once. Give it once.`);
}

/** The known word nearest to the given one, if it is near enough to be a typing error. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(word.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const isPrefix = word.length >= 3 && candidate.startsWith(word);
    const distance = isPrefix ? 0.5 : editDistance(word.toLowerCase(), candidate.toLowerCase());
    if ((isPrefix || distance <= maxDistance) && distance < (best?.distance ?? Infinity)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Insertions, deletions, replacements and swaps of neighbors (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}
