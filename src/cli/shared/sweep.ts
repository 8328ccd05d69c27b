/**
 * A sweep from the arguments of a command line, and its progress and results as text.
 */
import { models } from '../../../models/index.ts';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, numbersIn } from './options.ts';
import {
  optionName,
  counted,
  shellWord,
  left,
  right,
  Table,
  tableText,
  withoutControls,
} from '../../utils/text.ts';
import type { Output } from './output.ts';
import type { OptionValue, ModelDefinition } from '../../model/definition.ts';
import { type Recipe, recipeFields } from '../../model/recipe.ts';
import { makeDirectory, writeFileAtomically } from '../../node/files.ts';
import { packageRoot } from '../../node/environment.ts';
import { openDirectory, type SweepPlan } from '../../runs/sweep/directory.ts';
import { type Engine, jobFiles } from '../../runs/sweep/job.ts';
import { type Trial, distinct, type Range, type SweepDefinition } from '../../runs/sweep/trials.ts';
import { settingNames } from '../../training/settings.ts';
import { InputError } from '../../utils/errors.ts';
import { headlineOf } from '../../evaluation/metrics.ts';
import type { TrialResult } from '../../runs/sweep/trial-file.ts';
import {
  commandFor,
  countsOf,
  scoreText,
  sourcesOf,
  type SweepResults,
  valueText,
} from '../../runs/sweep/results.ts';

/**
 * @param base from a sweep file, or for the model alone; settings of the command line replace its settings
 * @throws InputError naming the option that is wrong
 */
export function sweepDefinition(
  model: ModelDefinition,
  base: SweepDefinition,
  args: Arguments,
): SweepDefinition {
  const definition: SweepDefinition = { ...base, fixed: { ...base.fixed }, grid: { ...base.grid } };
  const from: NonNullable<SweepDefinition['random']>['from'] = { ...base.random?.from };
  const isRandom = args.random !== undefined;
  for (const name of [...Object.keys(model.options), ...settingNames]) {
    const given = args[name];
    if (typeof given !== 'string' && !Array.isArray(given)) continue;
    delete definition.fixed[name];
    delete definition.grid[name];
    delete from[name];
    const values = valuesIn(model, name, [given].flat() as string[], isRandom);
    if (!Array.isArray(values)) from[name] = values;
    else if (values.length === 1) definition.fixed[name] = values[0];
    else if (isRandom && name !== 'seed') from[name] = values;
    else definition.grid[name] = values;
  }
  if (args.seeds !== undefined) {
    if (Array.isArray(definition.grid.seed))
      throw new InputError('Give --seeds or several values of --seed, not both.');
    const first = (definition.fixed.seed ?? model.recipe.seed) as number;
    delete definition.fixed.seed;
    definition.grid.seed = Array.from({ length: args.seeds as number }, (_, i) => first + i);
  }
  if (isRandom) {
    if (Object.keys(from).length === 0) {
      throw new InputError('--random needs settings to draw: --learning-rate 0.001..1 or --hidden 16,32,64.');
    }
    definition.random = { draws: args.random as number, seed: args.randomSeed as number, from };
  }
  return definition;
}

/** @param texts `32,64` or `32` and `64`; of an option that takes a list, each text is one list */
function valuesIn(
  model: ModelDefinition,
  name: string,
  texts: string[],
  isRandom: boolean,
): OptionValue[] | Range {
  const initial = model.options[name]?.default;
  if (Array.isArray(initial)) return texts.map(numbersIn);
  const text = texts.join();
  const range = /^([^.,][^,]*?)\.\.([^,]+)$/.exec(text);
  if (range) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    if (!isRandom)
      throw new InputError(`${optionName(name)} ${text}: a range is for --random; name the values instead.`);
    if (!(low < high))
      throw new InputError(`${optionName(name)} takes a range such as 0.001..1, not ${text}.`);
    return { low, high };
  }
  return text.split(',').map((part) => valueOf(name, part.trim(), typeof initial));
}

function valueOf(name: string, text: string, type: string): OptionValue {
  if (type === 'boolean' || name === 'asPrinted') {
    if (text === '' || text === 'true') return true;
    if (text === 'false') return false;
    throw new InputError(`${optionName(name)} takes true or false, not ${text}.`);
  }
  const isNumber = type === 'number' || name === 'recordEvery' || (isNumericField(name) && text !== 'full');
  if (!isNumber) return text;
  const value = text === '' ? NaN : Number(text);
  if (Number.isNaN(value))
    throw new InputError(`${optionName(name)} takes numbers, not ${JSON.stringify(text)}.`);
  return value;
}

const isNumericField = (name: string): boolean =>
  name in recipeFields && !('choices' in recipeFields[name as keyof Recipe]);

/** What varies and what is fixed, for people: `hidden: 8 | 32,16`. */
export function sweptText({ grid, list, random, fixed }: SweepDefinition): string {
  const text = (value: OptionValue): string => String(value);
  const axis = ([name, values]: [string, Range | OptionValue[]]): string =>
    Array.isArray(values)
      ? `${name}: ${values.map(text).join(' | ')}`
      : `${name}: ${values.low} … ${values.high}`;
  const varied = [
    ...(list ? [`${counted(list.length, 'experiment')} of the sweep file`] : []),
    ...Object.entries(grid).map(axis),
    ...(random
      ? [`${counted(random.draws, 'random draw')} of ${Object.entries(random.from).map(axis).join('; ')}`]
      : []),
  ];
  const same = Object.entries(fixed).map(([name, value]) => `${name}: ${text(value)}`);
  return `varied   ${varied.join('; ') || 'nothing'}${same.length > 0 ? `\nfixed    ${same.join('; ')}` : ''}`;
}

/**
 * Names the list options that have one value of several numbers, where several values may have been meant.
 *
 * @returns a sentence, or undefined if no such option exists
 */
export function oneListNote(
  model: ModelDefinition,
  { fixed }: SweepDefinition,
  args: Arguments,
): string | undefined {
  const notes = Object.entries(fixed).flatMap(([name, value]) => {
    const isList = Array.isArray(model.options[name]?.default) && args[name] !== undefined;
    if (!isList || !Array.isArray(value) || value.length < 2) return [];
    const option = optionName(name);
    return `${option} ${value.join()} is one value for all trials; to vary it: ${value.map((part) => `${option} ${part}`).join(' ')}.`;
  });
  return notes.length > 0 ? notes.join('\n') : undefined;
}

/** `2/4` @throws InputError */
export function shardIn(text: string): { index: number; count: number } {
  const [, index, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new InputError(`--shard takes a part and the number of parts, such as 1/4, not ${text}.`);
}

/** The path of a sweep file: `my.json` itself, or `document-000`, which comes with the zoo. */
export function sweepFile(word: string): string | undefined {
  if (word.endsWith('.json')) return word;
  if (!/^\w[\w-]*$/.test(word)) return undefined;
  const path = join(fileURLToPath(packageRoot), 'sweeps', `${word}.json`);
  return existsSync(path) ? path : undefined;
}

/** The model of the file that the command line names, so that its options can be declared before they are parsed. */
export function modelOfSweepFile(argv = process.argv.slice(3)): ModelDefinition | undefined {
  for (const path of argv.flatMap((word) => sweepFile(word) ?? [])) {
    try {
      const { model } = JSON.parse(readFileSync(path, 'utf8')) as { model: string };
      if (Object.hasOwn(models, model)) return models[model];
    } catch {
      // Reported when the sweep file is read.
    }
  }
  return undefined;
}

/** The default limit of an array in Slurm. */
const maxTasks = 1000;

/** @throws InputError where the directory holds another sweep */
export async function writeJob(
  plan: SweepPlan,
  trials: Trial[],
  directory: string,
  args: Arguments,
  output: Output,
): Promise<void> {
  const count = distinct(trials).length;
  const { tasks = Math.min(count, maxTasks), workers = 1 } = args as { tasks?: number; workers?: number };
  const lock = await openDirectory(directory, plan);
  try {
    const files = jobFiles(args.job as Engine, {
      plan,
      directory: resolve(directory),
      tasks,
      workers,
      from: process.cwd(),
      program: [process.execPath, realpathSync(process.argv[1])],
    });
    await makeDirectory(join(directory, 'parts'));
    // It may list tasks of an earlier division.
    await rm(join(directory, 'parallel.log'), { force: true });
    for (const [name, text] of Object.entries(files)) await writeFileAtomically(join(directory, name), text);
    const run = join(directory, 'run.sh');
    await chmod(run, 0o755);
    const paths = Object.keys(files).map((name) => join(directory, name));
    output.result(
      `${counted(count, 'training')} in ${counted(tasks, 'task')}; written: ${paths.map((path) => relative('', path)).join(', ')}\n` +
        `to start or resume: sh ${shellWord(relative('', run))}`,
      { job: args.job, cells: count, tasks, files: paths, out: directory },
    );
  } finally {
    await lock.release();
  }
}

const secondsBetweenPlainLines = 15;

export class SweepDisplay {
  readonly #output: Output;
  readonly #table: Table;
  readonly #columns: string[];
  readonly #pending: number;
  readonly #live: boolean;
  readonly #startedAt = performance.now();
  #plainAt = performance.now();
  #finished = 0;
  #liveLines = 0;

  /** @param pending the trainings that will be done now */
  constructor(columns: string[], pending: Trial[], output: Output) {
    this.#output = output;
    this.#columns = columns;
    this.#pending = pending.length;
    this.#live = process.stderr.isTTY && !output.quiet;
    const widest = pending.map((trial) =>
      this.#cells(trial, ['100.00 %', '100.00 %', '0.000000', '9999.9 s']),
    );
    this.#table = new Table([...left(...columns), ...right('train', 'test', 'test loss', 'time')], widest);
    output.say(this.#table.header());
  }

  onResult(trial: Trial, { status, metrics, seconds, message }: TrialResult): void {
    this.#clear();
    this.#finished++;
    const cells = metrics
      ? [headlineOf(metrics.train).text, headlineOf(metrics.test).text, metrics.test.loss.toPrecision(4)]
      : [status, '', ''];
    this.#output.say(this.#table.line(this.#cells(trial, [...cells, `${seconds.toFixed(1)} s`])));
    if (status === 'failed') this.#output.warn(`  ${message}`);
  }

  onTick(running: { trial: Trial; share: number }[]): void {
    const done = this.#finished + running.reduce((sum, { share }) => sum + share, 0);
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const left =
      done > 0.02 * this.#pending ? `, ${duration((seconds / done) * (this.#pending - done))} left` : '';
    const state = `${this.#finished} of ${this.#pending} done${left}`;
    if (this.#live) {
      this.#clear();
      const lines = running.map(({ trial, share }) =>
        this.#table.line(this.#cells(trial, [`${Math.floor(100 * share)} %`, '', '', ''])),
      );
      process.stderr.write(withoutControls([...lines, state].join('\n')));
      this.#liveLines = lines.length + 1;
    } else if (performance.now() - this.#plainAt > 1000 * secondsBetweenPlainLines) {
      this.#plainAt = performance.now();
      this.#output.say(state);
    }
  }

  finish(): void {
    this.#clear();
  }

  #cells({ varied }: Trial, rest: string[]): string[] {
    return [...this.#columns.map((name) => valueText(varied[name])), ...rest];
  }

  #clear(): void {
    if (this.#liveLines === 0) return;
    process.stderr.write(`\r\x1b[K${'\x1b[1A\x1b[K'.repeat(this.#liveLines - 1)}`);
    this.#liveLines = 0;
  }
}

const duration = (seconds: number): string =>
  seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

const maxGroups = 20;

/** The groups of a sweep from best to worst, and the location of the results. */
export function summaryOf(results: SweepResults, directory: string): string {
  const { groups, columns, judgedBy, figure } = results;
  const { cells: count, complete, diverged, failed, missing } = countsOf(results);
  const names = columns.filter((name) => name !== 'seed');
  const rows = groups
    .slice(0, maxGroups)
    .map(({ varied, trials, score, loss }) => [
      ...names.map((name) => valueText(varied[name])),
      `${trials.filter(({ result }) => result?.status === 'complete').length}/${trials.length}`,
      score ? scoreText(results, score) : '–',
      loss ? loss.mean.toPrecision(4) : '–',
    ]);
  const table = tableText([...left(...names), ...right('runs', `${judgedBy} ${figure}`, 'loss')], rows);
  const others = [
    diverged ? `, ${diverged} diverged` : '',
    failed ? `, ${failed} failed` : '',
    missing ? `, ${missing} missing` : '',
  ].join('');
  const sources = sourcesOf(results);
  return [
    table,
    ...(groups.length > maxGroups ? [`and ${groups.length - maxGroups} more`] : []),
    ...(groups[0]?.score ? ['', `to repeat the best: ${commandFor(results, groups[0])}`] : []),
    ...(sources.length > 1
      ? ['', `Note: the trials were trained on data of ${sources.length} sources: ${sources.join(', ')}.`]
      : []),
    '',
    `${complete} of ${count} trials complete${others}`,
    `results in ${directory}: report.html, results.csv, results.json`,
  ].join('\n');
}
