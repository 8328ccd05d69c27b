/**
 * Options that put files of the user's own in place of a model's dataset.
 */
import type { Options } from 'yargs';
import type { OwnFiles } from '../../data/dataset.ts';
import { usualTestShare } from '../../data/table/dataset.ts';
import { InputError } from '../../utils/errors.ts';
import { checkedNumber } from '../../utils/limits.ts';

const group = 'Data of your own:';

export const ownDataOptions = {
  'data-file': {
    describe: 'a table to learn: .csv, .tsv, .jsonl, .npy, .npz or .parquet',
    type: 'string',
    group,
  },
  target: { describe: 'its column that is to be predicted', type: 'string', group },
  missing: {
    describe: 'missing cells: refuse them, fill them with the mean, or drop their rows [refuse]',
    choices: ['refuse', 'mean', 'drop'],
    group,
  },
  categories: { describe: 'columns of numbers that are categories, with commas', type: 'string', group },
  'drop-columns': { describe: 'columns to leave out, with commas between', type: 'string', group },
  task: {
    describe: 'what the target is, where its values leave it open',
    choices: ['classification', 'regression'],
    group,
  },
  'test-share': {
    describe: `share of rows held back for the test [${usualTestShare}]`,
    type: 'number',
    group,
  },
  size: {
    describe: '28x28: --data-dir is a folder of pictures for each class, brought to this size',
    type: 'string',
    group,
  },
  grey: { describe: 'pictures in grey', type: 'boolean', group },
} satisfies Record<string, Options>;

/** What `--data-file`, or `--data-dir` with `--size`, ask for. @throws InputError for options that do not go together */
export function ownFilesIn(args: Record<string, unknown>): OwnFiles | undefined {
  const { dataFile, dataDir, size, grey, target, missing, task } = args as Record<string, string | undefined>;
  const testShare =
    args.testShare === undefined
      ? undefined
      : checkedNumber('--test-share', args.testShare, { minimum: 0, maximum: 0.9 });
  const [categories, dropColumns] = [namesIn(args.categories), namesIn(args.dropColumns)];
  if (dataFile !== undefined) {
    if (dataDir !== undefined) throw new InputError('Give --data-file or --data-dir, not both.');
    if (size !== undefined || grey) throw new InputError('--size and --grey are for pictures in --data-dir.');
    const own = { file: dataFile, target, missing, categories, dropColumns, task, testShare };
    return withoutUndefined(own);
  }
  const ofTables = { target, missing, categories: args.categories, 'drop-columns': args.dropColumns, task };
  const stray = Object.entries(ofTables).find(([, value]) => value !== undefined);
  if (stray) throw new InputError(`--${stray[0]} says how to read a table: name it with --data-file.`);
  if (size === undefined && !grey) {
    if (testShare !== undefined) throw new InputError('--test-share is for data of your own: --data-file.');
    return undefined;
  }
  if (dataDir === undefined) throw new InputError('--size and --grey are for pictures in --data-dir.');
  return withoutUndefined({ folder: dataDir, size: sizeIn(size), grey, testShare });
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

const withoutUndefined = (record: object): OwnFiles =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
