/**
 * The command line: what its words mean, and how every failure is told.
 */
import yargs, { type Argv } from 'yargs';
import { InputError, WorkError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { commands } from './commands.ts';
import { addCompletion } from './completion.ts';
import { checkCommand, sentenceOf } from './complaint.ts';
import { greet } from './greeting.ts';
import { respectNohup } from './interrupt.ts';
import { standardInput } from './lines.ts';
import type { Arguments } from './options.ts';
import { Output } from './output.ts';
import { surviveLostStreams } from './streams.ts';

export async function main(argv: string[]): Promise<void> {
  const output = new Output({ json: argv.includes('--json'), quiet: argv.includes('--quiet') });
  surviveLostStreams(output);
  respectNohup();
  try {
    if (argv.every((word) => word === '--json' || word === '--quiet')) return greet(output);
    checkCommand(argv);
    // yargs loses a lone `-` among positional words.
    await commandLine(argv, output).parseAsync(argv.map((word) => (word === '-' ? standardInput : word)));
  } catch (error) {
    fail(error, output);
  }
}

function commandLine(argv: string[], output: Output): Argv {
  const parser: Argv = yargs()
    .scriptName('zoo')
    .usage('$0 <command>\n\nFirst neural networks, each with gradients by hand and by autodiff.')
    .option('json', { type: 'boolean', describe: 'one JSON document on standard output' })
    .option('quiet', { type: 'boolean', describe: 'no progress, no talk' })
    .example('$0 train mnist', 'the main job, with or without data')
    .demandCommand(1, 'Name a command; `zoo --help` lists them.')
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(80, process.stdout.columns || 80))
    .parserConfiguration({ 'dot-notation': false })
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new InputError(sentenceOf(message ?? '', argv, optionNames(parser)));
    });
  addCompletion(parser);
  for (const { command, describe, load } of commands) {
    parser.command(
      command,
      describe,
      (async (sub: Argv) => (await load()).default.builder(sub)) as never,
      async (args) => (await load()).default.handler(args as Arguments, output),
    );
  }
  return parser;
}

/** The long names of the options that a parser knows. */
const optionNames = (parser: Argv): string[] =>
  Object.keys((parser as unknown as { getOptions(): { key: object } }).getOptions().key).filter(
    (name) => name.length > 1 && !/[A-Z]/.test(name),
  );

/** One sentence on standard error, the same under `--json` on standard output, and the exit code. */
function fail(error: unknown, output: Output): void {
  const expected = error instanceof InputError || error instanceof WorkError;
  const message = printable(error instanceof Error ? error.message : String(error), 3000);
  const code = expected ? error.exitCode : 1;
  process.stderr.write(`zoo: ${expected ? '' : 'unexpected error, please report it: '}${message}\n`);
  if (!expected && process.env.ZOO_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  if (output.json) process.stdout.write(`${JSON.stringify({ error: { message, code } })}\n`);
  process.exitCode = code;
}
