/**
 * A sweep from the words of a command line: an option with several values is an axis.
 */
import { InputError } from '../../utils/errors.ts';
import { recipeFields, type Recipe } from '../../model/recipe.ts';
import { settingNames } from '../../training/settings.ts';
import type { Range, SweepDefinition } from '../../runs/sweep/trials.ts';
import type { OptionValue, ZooEntry } from '../../model/definition.ts';
import { numbersIn, optionName, type Arguments } from './options.ts';

/**
 * @param base from a sweep file, or of the model alone; what the command line names replaces what stands there
 * @throws InputError naming the option that is wrong
 */
export function sweepDefinition(entry: ZooEntry, base: SweepDefinition, args: Arguments): SweepDefinition {
  const definition: SweepDefinition = { ...base, fixed: { ...base.fixed }, grid: { ...base.grid } };
  const from: NonNullable<SweepDefinition['random']>['from'] = { ...base.random?.from };
  const isRandom = args.random !== undefined;
  for (const name of [...Object.keys(entry.options), ...settingNames]) {
    const given = args[name];
    // `--hidden 32 --hidden 64` says the same as `--hidden 32,64`.
    const text = Array.isArray(given) ? given.join() : given;
    if (typeof text !== 'string') continue;
    delete definition.fixed[name];
    delete definition.grid[name];
    delete from[name];
    const values = valuesIn(entry, name, text, isRandom);
    if (!Array.isArray(values)) from[name] = values;
    else if (values.length === 1) definition.fixed[name] = values[0];
    else if (isRandom && name !== 'seed') from[name] = values;
    else definition.grid[name] = values;
  }
  if (args.seeds !== undefined) {
    if (Array.isArray(definition.grid.seed))
      throw new InputError('Give --seeds or several values of --seed, not both.');
    const first = (definition.fixed.seed ?? entry.recipe.seed) as number;
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

function valuesIn(entry: ZooEntry, name: string, text: string, isRandom: boolean): OptionValue[] | Range {
  const usual = entry.options[name]?.default;
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
