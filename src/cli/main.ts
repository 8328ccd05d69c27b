/**
 * The command line: parses arguments, runs a command and reports every failure.
 */
import { commandNames, commands } from './commands.ts';
import {
  beforeSeparator,
  checkCommand,
  normalizeArguments,
  optionNames,
  rejectRepeatedOptions,
  requireValues,
  usageMessage,
} from './shared/arguments.ts';
import { respectNohup } from './shared/interrupt.ts';
import { Output, surviveLostStreams } from './shared/output.ts';
import { InputError, WorkError } from '../utils/errors.ts';
import { listText, sanitizeForTerminal } from '../utils/text.ts';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageWithPlace, placeInUserCode } from '../utils/user-code.ts';
import yargs from 'yargs';
import type { Argv } from 'yargs';

const usages = commands.map(({ command }) => command);

export async function main(argv: string[]): Promise<void> {
  const options = beforeSeparator(argv);
  const output = new Output({ json: options.includes('--json'), quiet: options.includes('--quiet') });
  surviveLostStreams(output);
  respectNohup();
  try {
    checkDirectory();
    const words = normalizeArguments(argv);
    const [first, ...others] = words.filter((word) => word !== '--json' && word !== '--quiet');
    if (first === undefined) return showStartScreen(output);
    if (['version', '--version'].includes(first) && others.length === 0) return await showVersion(output);
    checkCommand(words, commandNames);
    await commandLine(words, output).parseAsync(words);
  } catch (error) {
    fail(isUsageError(error) ? new InputError(usageMessage(error.message, argv, [], usages)) : error, output);
  }
}

/** @throws InputError if the current directory has been deleted */
function checkDirectory(): void {
  try {
    process.cwd();
  } catch {
    throw new InputError('The current directory no longer exists. Change to another one.');
  }
}

async function showVersion(output: Output): Promise<void> {
  const { environment } = await import('../node/environment.ts');
  const about = environment();
  const { zoo, node, tfjs, platform } = about;
  output.result(`backprop-zoo ${zoo}, TensorFlow.js ${tfjs}, Node.js ${node}, ${platform}`, about);
}

export function commandLine(argv: string[], output: Output): Argv {
  // yargs also formats the help of a command that it runs, and wrapping is half of a command's start.
  const isHelp = argv.includes('--help') || argv.includes('-h');
  const width = isHelp ? Math.min(80, process.stdout.columns || 80) : null;
  const parser: Argv = yargs()
    .scriptName('zoo')
    .usage('$0 <command>\n\nSmall neural networks with hand-written gradients, checked against autodiff.')
    .option('json', { type: 'boolean', describe: 'one JSON document on standard output' })
    .option('quiet', { type: 'boolean', describe: 'print results and errors only' })
    .example('$0 train mnist', 'train on MNIST, or on synthetic digits')
    .demandCommand(1, 'Missing command. See zoo --help.')
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    .wrap(width)
    .parserConfiguration({ 'dot-notation': false })
    .fail((message: string | null, error: Error | undefined) => {
      if (error && !message) throw error;
      throw new InputError(usageMessage(message ?? '', argv, optionNames(parser), usages));
    });
  addCompletion(parser);
  for (const { command, describe, load } of commands) {
    const positional = Array.from(command.matchAll(/[<[](\w+)/g), ([, name]) => name);
    let options: Argv;
    parser.command(
      command,
      describe,
      (async (sub: Argv) => {
        const { default: body } = await load();
        options = await body.builder(sub);
        requireValues(options, positional, await body.valueOptional?.());
        return options;
      }) as never,
      async (args) => {
        rejectRepeatedOptions(options, positional, args);
        await (await load()).default.handler(args, output);
      },
    );
  }
  return parser;
}

/** yargs throws some of its errors past `fail()`. */
const isUsageError = (error: unknown): error is Error => error instanceof Error && error.name === 'YError';

/** Reports the failure and sets the exit code. */
function fail(error: unknown, output: Output): void {
  const expected = error instanceof InputError || error instanceof WorkError;
  const isUserCode = !expected && placeInUserCode(error) !== undefined;
  const message = sanitizeForTerminal(expected ? error.message : messageWithPlace(error), 3000);
  const code = expected ? error.exitCode : 1;
  output.fail(expected || isUserCode ? message : `unexpected error, please report it: ${message}`, code);
  if (!expected && process.env.ZOO_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = code;
}

const takesModel = ['train', 'gradcheck', 'sweep'];

/** Completes commands and options, as yargs does, and the names of models and datasets. */
function addCompletion(parser: Argv): void {
  parser.completion(
    'completion',
    'print a completion script for bash or zsh',
    ((
      current: string,
      argv: unknown,
      standard: (done: OnCompleted) => void,
      done: (words: string[]) => void,
    ) => {
      const [command] = ((argv as { _?: unknown[] })._ ?? []).map(String);
      standard((error, words = []) => {
        if (error || current.startsWith('-')) return done(words);
        void namesFor(command).then((names) => {
          done(names ? names.filter((name) => name.startsWith(current)) : words);
        });
      });
    }) as never, // its types leave out that completion can fail
  );
}

type OnCompleted = (error: Error | null, words?: string[]) => void;

async function namesFor(command: string | undefined): Promise<string[] | undefined> {
  if (command === undefined) return undefined;
  if (takesModel.includes(command)) return Object.keys((await import('../../models/index.ts')).models);
  if (command === 'data') return Object.keys((await import('../../datasets/index.ts')).datasets);
  return undefined;
}

/** What `zoo` without a command prints: commands to start with. */
function showStartScreen(output: Output): void {
  const latest = latestRun();
  const next: [command: string, what: string][] = [
    ['zoo train mnist', 'learn handwritten digits, in minutes'],
    ['zoo train gate --gate or', 'the smallest network, in a second'],
    ['zoo gradcheck', 'check every gradient in three ways'],
    ['zoo list', 'models, datasets, backends'],
  ];
  const again: typeof next = latest
    ? [
        [`zoo evaluate ${latest}`, 'score it on the test set'],
        [`zoo verify ${latest}`, 'repeat it and compare'],
      ]
    : [];
  output.result(
    [
      'Small neural networks with hand-written gradients, checked against autodiff.',
      '',
      'Get started:',
      listText(next),
      ...(latest ? ['', 'With your latest run:', listText(again)] : []),
      '',
      'See zoo --help for all commands and zoo <command> --help for one.',
    ].join('\n'),
    { commands: commands.map(({ command, describe }) => ({ command, describe })), latestRun: latest ?? null },
  );
}

/** The directory in `runs` with the newest weights; undefined without weights. */
function latestRun(): string | undefined {
  let latest: { path: string; time: number } | undefined;
  let names: string[] = [];
  try {
    names = readdirSync('runs').slice(0, 10_000);
  } catch {
    // There are no runs yet.
  }
  for (const name of names) {
    const path = join('runs', name);
    const time = statSync(join(path, 'weights.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (time > (latest?.time ?? 0)) latest = { path, time };
  }
  return latest?.path;
}
