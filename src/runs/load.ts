/** What runs have left, read from the disk. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModelDefinition } from '../model/definition.ts';
import * as z from '../utils/schema.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { readText } from '../node/files.ts';
import { checkpointLimits } from '../weights/checkpoint.ts';
import { parseJson } from '../weights/json.ts';
import { parseRun, type RunFile } from '../weights/run-record.ts';
import { savedModelOf, weightsFrom, type SavedModel } from '../weights/saved-model.ts';
import { parseWeights } from '../weights/weights.ts';
import { definitionOfRecord } from './user-models.ts';

export const maxWeightsBytes = 256e6;
export const maxRecordBytes = 200e6;

/** The weights.json that a path means: itself, or that of a run directory. */
export async function weightsPath(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? join(path, 'weights.json') : path;
}

/**
 * Reads a weights.json and checks it against the model it names.
 *
 * @param path of the file, or of the run directory that holds it
 * @param own a model that is not the zoo's, or its file, where the weights are of one that is not where they say
 * @throws InputError when the file cannot be read, is malformed, or does not fit the model
 */
export async function loadWeights(path: string, own?: ModelDefinition | string): Promise<SavedModel> {
  z.checkValue('loadWeights: the path', path, z.string());
  const place = await weightsPath(path);
  const [text, name] = [await readText(place, maxWeightsBytes), basename(place)];
  if (typeof own === 'object') return weightsFrom(text, name, own);
  const file = parseWeights(text, name);
  return savedModelOf(file, name, await definitionOfRecord(file, own, dirname(place)));
}

/** @throws InputError when the directory has no run.json, or one that is malformed */
export const loadRunRecord = async (directory: string): Promise<RunFile> =>
  parseRun(await readText(join(directory, 'run.json'), maxRecordBytes), 'run.json');

const kinds = {
  'checkpoint.json': 'unfinished',
  'run.json': 'finished',
  'weights.json': 'finished',
  'sweep.json': 'sweep',
} as const;

/** What stands in a directory and would be lost to a new run there: `a complete run of gate from 2026-11-21 17:40`. */
export async function presentIn(
  directory: string,
): Promise<{ kind: 'unfinished' | 'finished' | 'sweep'; what: string } | undefined> {
  for (const [name, kind] of Object.entries(kinds)) {
    const path = join(directory, name);
    const stats = await stat(path).catch(() => undefined);
    if (!stats) continue;
    const { model, status } = await peek(path);
    const noun = { unfinished: 'an unfinished run', finished: `a ${status} run`, sweep: 'a sweep' }[kind];
    return { kind, what: `${noun}${model} from ${localTime(stats.mtime).slice(0, 16).replace('T', ' ')}` };
  }
  return undefined;
}

/** The least of a file that may be anything. */
async function peek(path: string): Promise<{ model: string; status: string }> {
  const content = await readText(path, maxRecordBytes)
    .then((text) => (parseJson(text, basename(path), checkpointLimits) ?? {}) as Peeked)
    .catch((): Peeked => ({}));
  const model = content.model ?? content.run?.model ?? content.plan?.definition?.model;
  return {
    model: typeof model === 'string' ? ` of ${sanitizeForTerminal(model)}` : '',
    status: ['interrupted', 'diverged'].find((status) => status === content.status) ?? 'finished',
  };
}

interface Peeked {
  status?: unknown;
  model?: unknown;
  run?: { model?: unknown };
  plan?: { definition?: { model?: unknown } };
}

/** `2026-11-21T17:40:05.000Z`, the local time in the form of UTC. */
export const localTime = (time: Date): string =>
  new Date(time.getTime() - 60_000 * time.getTimezoneOffset()).toISOString();
