/**
 * A sweep from the words of a command line: an option with several values is an axis.
 */
import { models } from '../../../models/index.ts';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, numbersIn, optionName, wholeNumber } from './options.ts';
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
import { counted, shellWord } from '../../utils/text.ts';

/**
 * @param base from a sweep file, or of the model alone; what the command line names replaces what stands there
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
    // `--hidden 32 --hidden 64` says the same as `--hidden 32,64`.
    const text = Array.isArray(given) ? given.join() : given;
    if (typeof text !== 'string') continue;
    delete definition.fixed[name];
    delete definition.grid[name];
    delete from[name];
    const values = valuesIn(model, name, text, isRandom);
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
      throw new InputError(
        '--random needs something to draw: --learning-rate 0.001..1 or --hidden 16,32,64.',
      );
    }
    definition.random = { draws: args.random as number, seed: args.randomSeed as number, from };
  }
  return definition;
}

function valuesIn(
  model: ModelDefinition,
  name: string,
  text: string,
  isRandom: boolean,
): OptionValue[] | Range {
  const usual = model.options[name]?.default;
  if (Array.isArray(usual)) return [numbersIn(text)];
  const range = /^([^.,][^,]*?)\.\.([^,]+)$/.exec(text);
  if (range) {
    const [low, high] = [Number(range[1]), Number(range[2])];
    if (!isRandom)
      throw new InputError(`${optionName(name)} ${text}: a range is for --random; name the values instead.`);
    if (!(low < high))
      throw new InputError(`${optionName(name)} takes a range such as 0.001..1, not ${text}.`);
    return { low, high };
  }
  return text.split(',').map((part) => valueOf(name, part.trim(), typeof usual));
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

/** `2/4` @throws InputError */
export function shardIn(text: string): { index: number; count: number } {
  const [, index, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new InputError(`--shard takes the part and how many there are, such as 1/4, not ${text}.`);
}

/** The path of the sweep file that a word means: `my.json`, or `document-000`, which comes with the zoo. */
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
      // Told when the file is read in earnest.
    }
  }
  return undefined;
}

/** As many as Slurm takes in one array unless its administrator says otherwise. */
const mostTasks = 1000;

/** @throws InputError where the directory holds another sweep */
export async function writeJob(
  plan: SweepPlan,
  trials: Trial[],
  directory: string,
  args: Arguments,
  output: Output,
): Promise<void> {
  if (plan.shard) throw new InputError('A job has all parts: leave out --shard.');
  const count = distinct(trials).length;
  const tasks = args.tasks === undefined ? Math.min(count, mostTasks) : wholeNumber(args, 'tasks', 1, count);
  const workers = args.workers === undefined ? 1 : wholeNumber(args, 'workers', 1, 1024);
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
    // Tasks of other parts may be no longer done.
    await rm(join(directory, 'parallel.log'), { force: true });
    for (const [name, text] of Object.entries(files)) await writeFileAtomically(join(directory, name), text);
    const run = join(directory, 'run.sh');
    await chmod(run, 0o755);
    const paths = Object.keys(files).map((name) => join(directory, name));
    output.result(
      `${counted(count, 'training')} in ${counted(tasks, 'task')}; written: ${paths.map((path) => relative('', path)).join(', ')}\n` +
        `to start, and to go on: sh ${shellWord(relative('', run))}`,
      { job: args.job, cells: count, tasks, files: paths, out: directory },
    );
  } finally {
    await lock.release();
  }
}
