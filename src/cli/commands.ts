/**
 * Which commands there are. Each one's file is loaded only when it is used, so that `zoo --help` is quick.
 */
import type { CommandBody } from './shared/options.ts';

export interface Command {
  /** With its positional words, as yargs has them. */
  command: string;
  describe: string;
  load: () => Promise<{ default: CommandBody }>;
}

export const commands: Command[] = [
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
    describe: 'the model for other programs: ONNX, JavaScript, NumPy, …',
    load: () => import('./export.ts'),
  },
  {
    command: 'import <file>',
    describe: 'a model from NumPy (.npz) or safetensors arrays',
    load: () => import('./import.ts'),
  },
  {
    command: 'gradcheck [model..]',
    describe: 'compare gradients by hand, by autodiff and numerically',
    load: () => import('./gradcheck.ts'),
  },
  {
    command: 'prove [model..]',
    describe: 'are the gradients the derivative, to the last of all digits?',
    load: () => import('./prove.ts'),
  },
  {
    command: 'sweep [what]',
    describe: 'train a model with many settings, on all processors',
    load: () => import('./sweep.ts'),
  },
  {
    command: 'compare <run..>',
    describe: 'several runs in one table and one page',
    load: () => import('./compare.ts'),
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
  { command: 'data <dataset>', describe: 'fetch, check and show a dataset', load: () => import('./data.ts') },
  {
    command: 'playground',
    describe: 'a page that shows, trains and proves, served to this machine',
    load: () => import('./playground.ts'),
  },
];

export const commandNames = commands.map(({ command }) => command.split(' ')[0]);
