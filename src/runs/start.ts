/** A training that begins with weights that are there already. */
import { InputError } from '../utils/errors.ts';
import { formatJson } from '../weights/json.ts';
import type { RunFacts, RunIdentity } from '../weights/run-record.ts';
import type { SavedModel } from '../weights/saved-model.ts';
import { sha256 } from '../node/files.ts';
import { loadWeights } from './load.ts';
import type { ZooEntry } from '../model/definition.ts';

/** @throws InputError where the weights are of another model */
export async function startFrom(
  path: string,
  entry: ZooEntry,
): Promise<{ saved: SavedModel; start: NonNullable<RunFacts['start']> }> {
  const saved = await loadWeights(path, entry.file && entry);
  if (saved.file.model !== entry.name)
    throw new InputError(`${path} is of the model ${saved.file.model}, not of ${entry.name}.`);
  if (entry.composition)
    throw new InputError(
      `${entry.name} is put together from parts that are trained by themselves: it begins with no weights.`,
    );
  const { parameters } = saved;
  return { saved, start: { file: path, sha256: sha256(formatJson(saved.file.parameters)), parameters } };
}

/** The weights that a run began with, to repeat it. @throws InputError where they are gone or are others */
export async function sameStart(
  recorded: NonNullable<RunIdentity['start']>,
  entry: ZooEntry,
): Promise<NonNullable<RunFacts['start']>> {
  const { start } = await startFrom(recorded.file, entry);
  if (start.sha256 === recorded.sha256) return start;
  throw new InputError(`The run began with the weights in ${recorded.file}, which are others by now.`);
}
