/**
 * Options that several commands share, and what they mean.
 */
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Argv, Options } from 'yargs';
import { backendNames, useBackend, type BackendName } from '../backend/index.ts';
import type { DataRequest } from '../dataset.ts';
import { InputError } from '../errors.ts';
import type { ModelOption, OptionValue, ZooEntry } from '../zoo.ts';
import type { Output } from './output.ts';

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
        given === undefined ? (preset[name] ?? option.default) : checkedOption(name, option, given),
      ];
    }),
  );
}

function checkedOption(name: string, option: ModelOption, given: unknown): OptionValue {
  const where = `--${dashed(name)}`;
  if (Array.isArray(option.default)) {
    const numbers = (given as string).split(',').map(Number);
    if (!numbers.every(Number.isFinite))
      throw new InputError(`${where} takes numbers with commas between, not "${String(given)}".`);
    if (option.length !== undefined && numbers.length !== option.length) {
      throw new InputError(`${where} takes ${option.length} numbers, not ${numbers.length}.`);
    }
    return numbers;
  }
  if (typeof option.default !== 'number') return given as OptionValue;
  return checkedNumber(where, given, option);
}

/** @throws InputError unless the value is a finite number within the limits */
export function checkedNumber(
  where: string,
  given: unknown,
  {
    minimum = -Infinity,
    maximum = Infinity,
    integer = false,
  }: { minimum?: number; maximum?: number; integer?: boolean },
): number {
  const value = given as number;
  if (
    !Number.isFinite(value) ||
    value < minimum ||
    value > maximum ||
    (integer && !Number.isInteger(value))
  ) {
    const kind = integer ? 'a whole number' : 'a number';
    const range =
      maximum === Infinity
        ? minimum === -Infinity
          ? ''
          : ` of at least ${minimum}`
        : ` from ${minimum} to ${maximum}`;
    throw new InputError(`${where} takes ${kind}${range}, not ${String(given)}.`);
  }
  return value;
}

export const wholeNumber = (args: Arguments, name: string, minimum: number, maximum: number): number =>
  checkedNumber(`--${dashed(name)}`, args[name], { minimum, maximum, integer: true });
