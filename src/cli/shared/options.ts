/**
 * Options that several commands share, and what they mean.
 */
import '../../backend/tensorflow/register.ts';
import type { Argv, Options } from 'yargs';
import { backendNames, useBackend, type BackendName } from '../../backend/index.ts';
import { dataRequestWith } from '../../node/data-request.ts';
import type { DataRequest } from '../../data/dataset.ts';
import { checkedNumber } from '../../utils/limits.ts';
import { optionsFor } from '../../training/settings.ts';
import type { OptionValue, ZooEntry } from '../../model/definition.ts';
import { ownDataOptions, ownFilesIn } from './own-data.ts';
import type { Output } from './output.ts';
import { dashed } from '../../utils/text.ts';

export { checkedNumber };

/** What a command file exports; `main.ts` gives it its name. */
export interface CommandBody {
  builder(yargs: Argv): Argv | Promise<Argv>;
  /** Options that may stand without their value. */
  valueOptional?: () => string[] | Promise<string[]>;
  handler(args: Arguments, output: Output): Promise<void>;
}

/** Parsed options, by their camelCase names, after yargs has checked their types. */
export type Arguments = Record<string, unknown> & { json?: boolean; quiet?: boolean };

/** An option that may be given more than once: a list of texts. */
export const repeatable = { type: 'string', array: true, nargs: 1 } satisfies Options;

/** Where weights or a run may be those of a model of the user's own. */
export const ownModelOption = {
  model: { describe: 'the file of a model of your own, where it is not where it was', type: 'string' },
} satisfies Record<string, Options>;

export const backendOptions = {
  backend: {
    describe: 'where to compute; auto: wasm, and for large steps tensorflow if installed',
    choices: ['auto', ...backendNames],
    default: 'auto',
  },
  threads: { describe: 'threads of the tensorflow backend', type: 'number', default: 1 },
} satisfies Record<string, Options>;

export const dataOptions = {
  data: {
    describe: 'where data comes from; auto: directory, cache, download, then the built-in stand-in',
    choices: ['auto', 'dir', 'download', 'built-in'],
    default: 'auto',
  },
  'data-dir': { describe: 'directory with real data; also ZOO_DATA_DIR', type: 'string' },
  'skip-broken': {
    describe: 'pass over the files of a folder that cannot be read, and name them',
    type: 'boolean',
    default: false,
  },
  ...ownDataOptions,
} satisfies Record<string, Options>;

/** Loads the backend that the options ask for and says which it is. @param stepSize by which `auto` chooses */
export async function startBackend(args: Arguments, output: Output, stepSize?: number): Promise<BackendName> {
  const threads = wholeNumber(args, 'threads', 1, 1024);
  const { name, note } = await useBackend(args.backend as BackendName | 'auto', { threads, stepSize });
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
    own: ownFilesIn(args),
    seed: typeof args.seed === 'number' ? args.seed : undefined,
    options: { ...args, ...options },
    progress,
  });

/** The yargs options of a model. No defaults there, so that a preset can be told from the user's word. */
export function modelOptions(entry: ZooEntry): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(entry.options).map(([name, option]) => [
      dashed(name),
      {
        describe: option.describe,
        defaultDescription: String(option.default),
        type:
          typeof option.default === 'boolean'
            ? 'boolean'
            : typeof option.default === 'number'
              ? 'number'
              : 'string',
        choices: option.choices,
        group: `Options of ${entry.name}:`,
      } satisfies Options,
    ]),
  );
}

/** Values of a model's options: the user's where given, else the defaults. */
export const modelOptionValues = (entry: ZooEntry, args: Arguments): Record<string, OptionValue> =>
  optionsFor(entry, withLists(entry, args), {}, optionName);

/** `learningRate` → `--learning-rate`, as messages call it. */
export const optionName = (key: string): string => `--${dashed(key)}`;

/** The arguments with `1,2` as a list where the model's option is one. */
export const withLists = (entry: ZooEntry, args: Arguments): Arguments => ({
  ...args,
  ...Object.fromEntries(
    Object.entries(entry.options)
      .filter(([name, option]) => Array.isArray(option.default) && typeof args[name] === 'string')
      .map(([name]) => [name, numbersIn(args[name] as string)]),
  ),
});

/** `1,2` as numbers; NaN for what is none. */
export const numbersIn = (text: string): number[] =>
  text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));

export const wholeNumber = (args: Arguments, name: string, minimum: number, maximum: number): number =>
  checkedNumber(`--${dashed(name)}`, args[name], { minimum, maximum, integer: true });
