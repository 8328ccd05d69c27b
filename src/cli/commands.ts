/**
 * All commands. The file of each is loaded only when it is used, so that `zoo --help` is quick.
 */
import type { CommandBody } from './shared/options.ts';

export interface Command {
  /** With its positional arguments, in the notation of yargs. */
  command: string;
  describe: string;
  load: () => Promise<{ default: CommandBody }>;
}

export const commands: Command[] = [
  { command: 'list', describe: 'list models, datasets and backends', load: () => import('./list.ts') },
  { command: 'train <model>', describe: 'train a model and save it', load: () => import('./train.ts') },
  {
    command: 'evaluate <weights>',
    describe: 'score saved weights on a test set',
    load: () => import('./evaluate.ts'),
  },
  {
    command: 'predict <weights> [input..]',
    describe: 'predict classes of images, or values',
    load: () => import('./predict.ts'),
  },
  {
    command: 'generate <weights>',
    describe: 'generate text with a model of sequences',
    load: () => import('./generate.ts'),
  },
  {
    command: 'export <weights>',
    describe: 'export a model to ONNX, JavaScript, NumPy, …',
    load: () => import('./export.ts'),
  },
  {
    command: 'import <file>',
    describe: 'import NumPy (.npz) or safetensors arrays as a model',
    load: () => import('./import.ts'),
  },
  {
    command: 'gradcheck [model..]',
    describe: 'compare hand-written, autodiff and numeric gradients',
    load: () => import('./gradcheck.ts'),
  },
  {
    command: 'prove [model..]',
    describe: 'prove hand-written gradients exact, over random finite fields',
    load: () => import('./prove.ts'),
  },
  {
    command: 'sweep [what]',
    describe: 'train a model with many settings, on all CPUs',
    load: () => import('./sweep.ts'),
  },
  {
    command: 'compare <run..>',
    describe: 'compare runs in a table and a page',
    load: () => import('./compare.ts'),
  },
  {
    command: 'verify <directory>',
    describe: 'repeat a run and compare the results',
    load: () => import('./verify.ts'),
  },
  {
    command: 'reproduce [document..]',
    describe: 'reproduce the numbers printed in the documents',
    load: () => import('./reproduce.ts'),
  },
  {
    command: 'data <dataset>',
    describe: 'download, check and show a dataset',
    load: () => import('./data.ts'),
  },
  {
    command: 'playground',
    describe: 'serve the playground page to this machine',
    load: () => import('./playground.ts'),
  },
];

export const commandNames = commands.map(({ command }) => command.split(' ')[0]);
