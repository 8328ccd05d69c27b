/**
 * The command line: what its words mean, and how every failure is told.
 */
import yargs, { type Argv } from 'yargs';
import { InputError, WorkError } from '../utils/errors.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { commands } from './commands.ts';
import { addCompletion } from './shared/completion.ts';
import {
  checkCommand,
  sentenceOf,
  optionNames,
  preparedWords,
  refuseRepeats,
  requireValues,
} from './shared/arguments.ts';
import { greet } from './shared/greeting.ts';
import { respectNohup } from './shared/interrupt.ts';
import { Output, surviveLostStreams } from './shared/output.ts';

export async function main(argv: string[]): Promise<void> {
  const output = new Output({ json: argv.includes('--json'), quiet: argv.includes('--quiet') });
  surviveLostStreams(output);
  respectNohup();
  try {
    checkDirectory();
    const words = preparedWords(argv);
    const [first, ...others] = words.filter((word) => word !== '--json' && word !== '--quiet');
    if (first === undefined) return greet(output);
    if (['version', '--version'].includes(first) && others.length === 0) return await tellVersion(output);
    checkCommand(words);
    await commandLine(words, output).parseAsync(words);
  } catch (error) {
    fail(isComplaint(error) ? new InputError(sentenceOf(error.message, argv, [])) : error, output);
  }
}

/** @throws InputError where the directory that the shell stands in has been deleted */
function checkDirectory(): void {
  try {
    process.cwd();
  } catch {
    throw new InputError('The directory you are in no longer exists: change to one that does.');
  }
}

async function tellVersion(output: Output): Promise<void> {
  const { environment } = await import('../node/environment.ts');
  const about = environment();
  const { zoo, node, tfjs, platform } = about;
  output.result(`backprop-zoo ${zoo}, TensorFlow.js ${tfjs}, Node.js ${node}, ${platform}`, about);
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
      if (error && !message) throw error;
      throw new InputError(sentenceOf(message ?? '', argv, optionNames(parser)));
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
        refuseRepeats(options, positional, args);
        await (await load()).default.handler(args, output);
      },
    );
  }
  return parser;
}

/** Some of its complaints yargs throws past `fail()`. */
const isComplaint = (error: unknown): error is Error => error instanceof Error && error.name === 'YError';

/** Tells the failure and sets the exit code. */
function fail(error: unknown, output: Output): void {
  const expected = error instanceof InputError || error instanceof WorkError;
  const message = sanitizeForTerminal(error instanceof Error ? error.message : String(error), 3000);
  const code = expected ? error.exitCode : 1;
  output.fail(expected ? message : `unexpected error, please report it: ${message}`, code);
  if (!expected && process.env.ZOO_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = code;
}
