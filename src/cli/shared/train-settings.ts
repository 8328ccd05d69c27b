/**
 * A training command's words as settings.
 */
import { InputError } from '../../utils/errors.ts';
import type { RunIdentity } from '../../weights/run-record.ts';
import type { CheckpointEvery } from '../../runs/run.ts';
import { settingsFor, type Settings } from '../../training/settings.ts';
import type { ZooEntry } from '../../model/definition.ts';
import { optionName, withLists, type Arguments } from './options.ts';

/** @throws InputError naming the option that is wrong */
export function trainSettings(entry: ZooEntry, args: Arguments, resumed?: RunIdentity): Settings {
  const { batchSize } = args;
  const given = {
    ...withLists(entry, args),
    batchSize: batchSize === undefined || batchSize === 'full' ? batchSize : Number(batchSize),
  };
  return settingsFor(entry, given, { resumed, nameOf: optionName });
}

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
