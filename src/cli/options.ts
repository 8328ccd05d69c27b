/**
 * Options that several commands share, and what they mean.
 */
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Argv, Options } from 'yargs';
import { backendNames, useBackend, type BackendName } from '../backend/index.ts';
import type { DataRequest } from '../dataset.ts';
import { checkedNumber, checkedOption } from '../model-options.ts';
import type { ModelOption, OptionValue, ZooEntry } from '../zoo.ts';
import type { Output } from './output.ts';

export { checkedNumber };

/** What a command file exports; `main.ts` gives it its name. */
export interface CommandBody {
  builder(yargs: Argv): Argv;
  handler(args: Arguments, output: Output): Promise<void>;
}

/** Parsed options, by their camelCase names, after yargs has checked their types. */
export type Arguments = Record<string, unknown> & { json?: boolean; quiet?: boolean };

export const backendOptions = {
  backend: {
    describe: 'where to compute; auto: tensorflow if installed, else wasm',
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
    describe: 'of folders of pictures, leave out the files that cannot be read, and list them',
    type: 'boolean',
    default: false,
  },
} satisfies Record<string, Options>;

/** Loads the backend that the options ask for and says which it is. */
export async function startBackend(args: Arguments, output: Output): Promise<BackendName> {
  const threads = wholeNumber(args, 'threads', 1, 1024);
  const { name, note } = await useBackend(args.backend as BackendName | 'auto', { threads });
  output.say(`backend: ${name}${note ? ` (${note})` : ''}`);
  return name;
}

export function dataRequest(args: Arguments, options: Record<string, unknown>, output: Output): DataRequest {
  const dataDir = (args.dataDir as string | undefined) ?? (process.env.ZOO_DATA_DIR || undefined);
  return {
    data: args.data as DataRequest['data'],
    dataDir: dataDir && resolve(dataDir),
    cacheDir: process.env.ZOO_CACHE_DIR
      ? resolve(process.env.ZOO_CACHE_DIR)
      : envPaths('backprop-zoo', { suffix: '' }).cache,
    seed: typeof args.seed === 'number' ? args.seed : 1,
    options: { ...args, ...options },
    progress: output.progress,
  };
}

/** `hiddenWeights` → `hidden-weights` */
const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The yargs options of a model. No defaults there, so that a preset can be told from the user's word. */
export function modelOptions(entry: ZooEntry): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(entry.options).map(([name, option]) => [
      dashed(name),
      {
        describe: `${option.describe} [${String(option.default)}]`,
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

/** Values of a model's options: the user's where given, else the preset's, else the defaults. */
export function modelOptionValues(
  entry: ZooEntry,
  args: Arguments,
  preset: Record<string, OptionValue> = {},
): Record<string, OptionValue> {
  return Object.fromEntries(
    Object.entries(entry.options).map(([name, option]) => {
      const given = args[name];
      return [
        name,
        given === undefined
          ? (preset[name] ?? option.default)
          : checkedOption(`--${dashed(name)}`, option, listed(option, given)),
      ];
    }),
  );
}

/** `1,2` as a list, where the option is one. */
const listed = (option: ModelOption, given: unknown): unknown =>
  Array.isArray(option.default) && typeof given === 'string'
    ? given.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
    : given;

export const wholeNumber = (args: Arguments, name: string, minimum: number, maximum: number): number =>
  checkedNumber(`--${dashed(name)}`, args[name], { minimum, maximum, integer: true });
