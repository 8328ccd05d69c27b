/**
 * The command line: which commands there are, and how every failure is told. Each command's file is loaded only
 * when it is used, so that `zoo --help` is quick.
 */
import yargs, { type Argv } from 'yargs';
import { InputError, WorkError } from '../errors.ts';
import { printable } from '../json.ts';
import { standardInput } from './lines.ts';
import type { Arguments, CommandBody } from './options.ts';
import { Output } from './output.ts';

const commands: { command: string; describe: string; load: () => Promise<{ default: CommandBody }> }[] = [
  { command: 'list', describe: 'models, datasets and backends', load: () => import('./list.ts') },
  { command: 'train <model>', describe: 'train a model and save it', load: () => import('./train.ts') },
  {
    command: 'evaluate <weights>',
    describe: 'score saved weights on a test set',
    load: () => import('./evaluate.ts'),
  },
  {
    command: 'predict <weights> [input..]',
    describe: 'classify images or values',
    load: () => import('./predict.ts'),
  },
  {
    command: 'export <weights>',
    describe: 'weights for other programs: JSON, NumPy, TensorFlow.js Layers',
    load: () => import('./export.ts'),
  },
  {
    command: 'gradcheck [model..]',
    describe: 'compare gradients by hand, by autodiff and numerically',
    load: () => import('./gradcheck.ts'),
  },
  {
    command: 'sweep [what]',
    describe: 'train a model with many settings, on all processors',
    load: () => import('./sweep.ts'),
  },
  {
    command: 'verify <directory>',
    describe: 'repeat a run and compare',
    load: () => import('./verify.ts'),
  },
  {
    command: 'reproduce [document..]',
    describe: 'the documents’ printed numbers beside ours',
    load: () => import('./reproduce.ts'),
  },
  {
    command: 'bench',
    describe: 'time of a training step, beside other programs',
    load: () => import('./bench.ts'),
  },
  { command: 'data <dataset>', describe: 'fetch, check and show a dataset', load: () => import('./data.ts') },
  {
    command: 'doctor [model..]',
    describe: 'is every backend and every model in order here?',
    load: () => import('./doctor.ts'),
  },
  {
    command: 'setup <part>',
    describe: "get TensorFlow's native library, the fast backend",
    load: () => import('./setup.ts'),
  },
];

export async function main(argv: string[]): Promise<void> {
  // A reader that closes the pipe early (`zoo list | head -1`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const output = new Output({ json: argv.includes('--json'), quiet: argv.includes('--quiet') });
  try {
    // yargs loses a lone `-` among positional words.
    await commandLine(output).parseAsync(argv.map((word) => (word === '-' ? standardInput : word)));
  } catch (error) {
    fail(error, output);
  }
}

function commandLine(output: Output): Argv {
  const parser = yargs()
    .scriptName('zoo')
    .usage('$0 <command>\n\nFirst neural networks, each with gradients by hand and by autodiff.')
    .option('json', { type: 'boolean', describe: 'one JSON document on standard output' })
    .option('quiet', { type: 'boolean', describe: 'no progress, no talk' })
    .example('$0 train mnist', 'the main job, with or without data')
    .demandCommand(1, 'Name a command; `zoo --help` lists them.')
    .recommendCommands()
    .strict()
    .version(false)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(80, process.stdout.columns || 80))
    .parserConfiguration({ 'dot-notation': false })
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new InputError(sentence(message ?? ''));
    });
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

/** yargs's complaint as one sentence. */
const sentence = (message: string): string =>
  message
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(
      /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/,
      'There is no $1 $2; choose one of $3',
    )
    .replace(/([^.?!])$/, '$1.');

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
