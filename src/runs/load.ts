/** What runs have left, read from the disk. */
import { basename, join } from 'node:path';
import type { ZooEntry } from '../core/entry.ts';
import { readText } from '../node/files.ts';
import { parseRun, type RunFile } from '../saved/run-record.ts';
import { weightsFrom, type SavedModel } from '../saved/saved-model.ts';

export const mostWeightsBytes = 256e6;
export const mostRecordBytes = 200e6;

/**
 * Reads a weights.json and checks it against the model it names.
 *
 * @param own a model that is not the zoo's, if the weights are of one
 * @throws InputError when the file cannot be read, is malformed, or does not fit the model
 */
export const loadWeights = async (path: string, own?: ZooEntry): Promise<SavedModel> =>
  weightsFrom(await readText(path, mostWeightsBytes), basename(path), own);

/** @throws InputError when the directory has no run.json, or one that is malformed */
export const loadRunRecord = async (directory: string): Promise<RunFile> =>
  parseRun(await readText(join(directory, 'run.json'), mostRecordBytes), 'run.json');
