/**
 * Options that several commands share.
 */
import { type BackendName, backendNames, useBackend } from '../../backend/index.ts';
import '../../backend/tensorflow/tensorflow.ts';
import type { Output } from './output.ts';
import type { DataRequest, UserFiles } from '../../data/dataset.ts';
import { numberIn } from '../../data/table/cells.ts';
import { defaultTestShare } from '../../data/table/dataset.ts';
import type { OptionValue, ModelDefinition } from '../../model/definition.ts';
import { dataRequestWith } from '../../node/data-request.ts';
import { resolveOptions } from '../../training/settings.ts';
import { InputError } from '../../utils/errors.ts';
import { checkedNumber } from '../../utils/limits.ts';
import { dashed, optionName } from '../../utils/text.ts';
import { tf } from '../../utils/tf.ts';
import type { Argv, Options } from 'yargs';

// No advertisement for tfjs-node and no warnings of TensorFlow.js; the library leaves this to its user.
tf.enableProdMode();

export { checkedNumber };

/** What a command file exports; `main.ts` gives it its name. */
export interface CommandBody {
  builder(yargs: Argv): Argv | Promise<Argv>;
  /** Options whose value may be left out. */
  valueOptional?: () => string[] | Promise<string[]>;
  handler(args: Arguments, output: Output): Promise<void>;
}

/** Parsed options, by their camelCase names, after yargs has checked their types. */
export type Arguments = Record<string, unknown> & { json?: boolean; quiet?: boolean };

/** An option that may be given more than once: a list of texts. */
export const repeatable = { type: 'string', array: true, nargs: 1 } satisfies Options;

/** For weights or runs of a model of the user. */
export const userModelOption = {
  model: { describe: 'path of the model file, if it has moved', type: 'string' },
} satisfies Record<string, Options>;

export const thresholdOption = {
  threshold: {
    describe: 'probability above which a binary model predicts the positive class [0.5]',
    type: 'number',
  },
} satisfies Record<string, Options>;

export const backendOptions = {
  backend: {
    describe: 'auto: wasm, or tensorflow for large steps if it is installed',
    choices: ['auto', ...backendNames],
    default: 'auto',
  },
  threads: { describe: 'threads of the tensorflow backend', type: 'number', default: 1 },
} satisfies Record<string, Options>;

const group = 'Your own data:';
/** How text files of tables are read. */
export const tableTextOptions = {
  decimal: { describe: 'decimal mark of numbers in a text file [.]', choices: ['.', ','], group },
  header: {
    describe: 'the first line names the columns; --no-header: it is data [by all rows]',
    type: 'boolean',
    group,
  },
} satisfies Record<string, Options>;

export const userDataOptions = {
  'data-file': {
    describe: 'table file: .csv, .tsv, .jsonl, .npy, .npz or .parquet',
    type: 'string',
    group,
  },
  target: { describe: 'column to predict', type: 'string', group },
  missing: {
    describe: 'missing cells: reject, fill with the mean, or drop the row [refuse]',
    choices: ['refuse', 'mean', 'drop'],
    group,
  },
  categories: { describe: 'numeric columns to treat as categorical, comma-separated', type: 'string', group },
  'drop-columns': { describe: 'columns to ignore, comma-separated', type: 'string', group },
  task: {
    describe: 'kind of target [by its values]',
    choices: ['classification', 'regression'],
    group,
  },
  positive: {
    describe: 'class that counts as positive, of two [the second]',
    type: 'string',
    group,
  },
  'test-share': {
    describe: `share of rows in the test set [${defaultTestShare}]`,
    type: 'number',
    group,
  },
  ...tableTextOptions,
  size: {
    describe: 'image size such as 28x28; --data-dir then has one folder per class',
    type: 'string',
    group,
  },
  grey: { describe: 'convert images to gray', type: 'boolean', group },
} satisfies Record<string, Options>;

export const dataOptions = {
  data: {
    describe: 'data source; auto: directory, cache, download, then synthetic data',
    choices: ['auto', 'dir', 'download', 'built-in'],
    default: 'auto',
  },
  'data-dir': { describe: 'directory of real data [ZOO_DATA_DIR]', type: 'string' },
  'skip-broken': {
    describe: 'skip unreadable files and list them',
    type: 'boolean',
    default: false,
  },
  ...userDataOptions,
} satisfies Record<string, Options>;

/** Loads the backend that the options ask for and says which it is. @param multiplyAddsPerStep in millions, by which `auto` chooses */
export async function startBackend(
  args: Arguments,
  output: Output,
  multiplyAddsPerStep?: number,
): Promise<BackendName> {
  const threads = wholeNumber(args, 'threads', 1, 1024);
  const { name, note } = await useBackend(args.backend as BackendName | 'auto', {
    threads,
    multiplyAddsPerStep,
  });
  output.say(`backend: ${name}${note ? ` (${note})` : ''}`);
  return name;
}

export const dataRequest = (
  args: Arguments,
  options: Record<string, unknown>,
  { progress }: Pick<Output, 'progress'>,
): DataRequest =>
  dataRequestWith({
    data: args.data as DataRequest['data'] | undefined,
    dataDir: args.dataDir as string | undefined,
    own: userFilesIn(args),
    seed: typeof args.seed === 'number' ? args.seed : undefined,
    options: { ...args, ...options },
    progress,
  });

/** The yargs options of a model. Defaults are not set, so that a preset can be distinguished from an option of the user. */
export function modelOptions(definition: ModelDefinition): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(definition.options).map(([name, option]) => [
      dashed(name),
      {
        describe: option.describe,
        defaultDescription: String(option.default),
        type: Array.isArray(option.default)
          ? 'string'
          : (typeof option.default as 'boolean' | 'number' | 'string'),
        choices: option.choices,
        group: `Options of ${definition.name}:`,
      } satisfies Options,
    ]),
  );
}

/** Values of a model's options: the user's where given, else the defaults. */
export const modelOptionValues = (
  definition: ModelDefinition,
  args: Arguments,
): Record<string, OptionValue> => resolveOptions(definition, withLists(definition, args), {}, optionName);

/** The arguments with `1,2` as a list where the model's option is one. */
export const withLists = (definition: ModelDefinition, args: Arguments): Arguments => ({
  ...args,
  ...Object.fromEntries(
    Object.entries(definition.options)
      .filter(([name, option]) => Array.isArray(option.default) && typeof args[name] === 'string')
      .map(([name]) => [name, numbersIn(args[name] as string)]),
  ),
});

/** `1,2` as numbers; NaN for an invalid number. */
export const numbersIn = (text: string): number[] => text.split(',').map((part) => numberIn(part));

export const wholeNumber = (args: Arguments, name: string, minimum: number, maximum: number): number =>
  checkedNumber(`--${dashed(name)}`, args[name], { minimum, maximum, integer: true });

/** The files of `--data-file`, or of `--data-dir` with `--size`. @throws InputError for options that cannot be combined */
export function userFilesIn(args: Record<string, unknown>): UserFiles | undefined {
  const { dataFile, dataDir, size, grey, target, missing, task, decimal, positive } = args as Record<
    string,
    string | undefined
  >;
  const header = args.header as boolean | undefined;
  const testShare =
    args.testShare === undefined
      ? undefined
      : checkedNumber('--test-share', args.testShare, { minimum: 0, maximum: 0.9 });
  const [categories, dropColumns] = [namesIn(args.categories), namesIn(args.dropColumns)];
  if (dataFile !== undefined) {
    if (dataDir !== undefined) throw new InputError('--data-file and --data-dir cannot be combined.');
    if (size !== undefined || grey) throw new InputError('--size and --grey need images in --data-dir.');
    const own = {
      file: dataFile,
      target,
      missing,
      categories,
      dropColumns,
      task,
      positive,
      testShare,
      decimal,
      header,
    };
    return withoutUndefined(own);
  }
  const ofTables = {
    target,
    missing,
    categories: args.categories,
    'drop-columns': args.dropColumns,
    task,
    decimal,
    header,
  };
  const stray = Object.entries(ofTables).find(([, value]) => value !== undefined);
  if (stray) throw new InputError(`--${stray[0]} needs a table: --data-file FILE.`);
  if (size === undefined && !grey) {
    const ofUserData = { 'test-share': testShare, positive };
    const given = Object.entries(ofUserData).find(([, value]) => value !== undefined);
    if (given) throw new InputError(`--${given[0]} needs your own data: --data-file FILE.`);
    return undefined;
  }
  if (dataDir === undefined) throw new InputError('--size and --grey need images in --data-dir.');
  return withoutUndefined({ folder: dataDir, size: sizeIn(size), grey, positive, testShare });
}

const namesIn = (list: unknown): string[] | undefined =>
  list === undefined
    ? undefined
    : (list as string).split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));

function sizeIn(text?: string): number[] | undefined {
  if (text === undefined) return undefined;
  const [, width, height] = /^(\d{1,4})x(\d{1,4})$/i.exec(text) ?? [];
  if (width === undefined || Number(width) === 0 || Number(height) === 0) {
    throw new InputError(`--size takes width x height in pixels, such as 28x28, not ${text}.`);
  }
  return [Number(width), Number(height)];
}

const withoutUndefined = (record: object): UserFiles =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** Stands for `-` among the arguments, which yargs drops. */
export const standardInput = '<standard input>';
