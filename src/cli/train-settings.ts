/**
 * What a training command asks for: the user's word, else the preset's, else that of the run which is resumed, else
 * the model's own.
 */
import { InputError } from '../errors.ts';
import type { GradientSourceName } from '../gradients/index.ts';
import { recipeLimits } from '../recipe-schema.ts';
import type { RunIdentity } from '../run-identity.ts';
import type { CheckpointEvery } from '../run-types.ts';
import type { Recipe, ZooEntry } from '../zoo.ts';
import { checkedNumber, modelOptionValues, type Arguments } from './options.ts';

/** @throws InputError naming the option that is wrong */
export function trainSettings(entry: ZooEntry, args: Arguments, resumed?: RunIdentity) {
  const preset = presetOf(entry, args.preset as string | undefined);
  const base = { ...entry.recipe, ...resumed?.recipe };
  const number = (key: keyof typeof recipeLimits, option: string) =>
    args[key] === undefined
      ? ((preset[key] ?? base[key]) as number)
      : checkedNumber(`--${option}`, args[key], recipeLimits[key]);
  const choice = <K extends 'decay' | 'optimizer'>(key: K) =>
    (args[key] ?? preset[key] ?? base[key]) as Recipe[K];
  const recipe: Recipe = {
    epochs: number('epochs', 'epochs'),
    batchSize:
      args.batchSize === undefined
        ? (preset.batchSize ?? base.batchSize)
        : args.batchSize === 'full'
          ? 'full'
          : checkedNumber('--batch-size', Number(args.batchSize), recipeLimits.batchSize),
    optimizer: choice('optimizer'),
    learningRate: number('learningRate', 'learning-rate'),
    decay: choice('decay'),
    seed: number('seed', 'seed'),
    validation: number('validation', 'validation'),
    patience: number('patience', 'patience'),
  };
  return {
    recipe,
    options: modelOptionValues(entry, args, { ...resumed?.options, ...preset }),
    asPrinted: (args.asPrinted as boolean | undefined) ?? resumed?.asPrinted ?? false,
    gradients: ((args.gradients as string | undefined) ??
      resumed?.gradients ??
      'manual') as GradientSourceName,
    recordEvery:
      args.recordEvery === undefined
        ? (resumed?.recordEvery ?? usualRecordEvery(recipe))
        : checkedNumber('--record-every', args.recordEvery, { minimum: 1, maximum: 1e9, integer: true }),
  };
}

function presetOf(entry: ZooEntry, name: string | undefined) {
  if (name === undefined) return {};
  const presets = entry.presets ?? {};
  if (Object.hasOwn(presets, name)) return presets[name];
  const known = Object.keys(presets).join(', ') || 'none';
  throw new InputError(`${entry.name} has no preset "${name}"; it has: ${known}.`);
}

/** A few hundred points make a smooth curve; 20 000 epochs need not be measured one by one. */
const usualRecordEvery = ({ batchSize, epochs }: Recipe): number =>
  Math.max(1, Math.round(epochs / (batchSize === 'full' ? 200 : 1000)));

/** `500`: steps; `30s`: seconds; `0`: never. @throws InputError for anything else */
export function checkpointEvery(given: string): CheckpointEvery | undefined {
  const [, digits, unit] = /^(\d{1,9})(s?)$/.exec(given) ?? [];
  if (digits === undefined) {
    throw new InputError(
      `--checkpoint-every takes a number of steps such as 500 or of seconds such as 30s, not ${given}.`,
    );
  }
  const count = Number(digits);
  if (count === 0) return undefined;
  return unit === 's' ? { seconds: count } : { steps: count };
}
