/**
 * Where data comes from unless the caller says otherwise: the same for the command line and for programs.
 */
import envPaths from 'env-paths';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { type DataRequest, fingerprintPieces, type LoadedDataset } from '../data/dataset.ts';
import { aFunction, anObject, aSeed, aText, checkFields, oneOf, optional } from '../utils/given.ts';
import { silent } from '../utils/progress.ts';

/**
 * @param given what the caller says; directories may be relative, and `undefined` is as good as not given
 * @throws InputError naming the field that is invalid
 */
export function dataRequestWith(given: Partial<DataRequest> = {}): DataRequest {
  checkFields('data', given, {
    data: optional(oneOf(['auto', 'dir', 'download', 'built-in'])),
    dataDir: optional(aText),
    cacheDir: optional(aText),
    seed: optional(aSeed),
    options: optional(anObject),
    progress: optional(anObject),
  });
  if (given.progress) {
    checkFields('data.progress', given.progress, { update: aFunction, finish: aFunction, note: aFunction });
  }
  const { ZOO_DATA_DIR, ZOO_CACHE_DIR } = process.env;
  const dataDir = given.dataDir ?? (ZOO_DATA_DIR || undefined);
  const cacheDir = given.cacheDir ?? (ZOO_CACHE_DIR || undefined);
  return {
    data: given.data ?? 'auto',
    dataDir: dataDir && resolve(dataDir),
    ...(given.own && { own: given.own }),
    cacheDir: cacheDir ? resolve(cacheDir) : envPaths('backprop-zoo', { suffix: '' }).cache,
    seed: given.seed ?? 1,
    options: given.options ?? {},
    progress: given.progress ?? silent,
  };
}

/**
 * SHA-256 over every number of a dataset as it is trained on: equal for equal data, wherever it came from. It also covers
 * data without files, such as random points and synthetic data.
 */
export function fingerprintOf(dataset: LoadedDataset): string {
  const hash = createHash('sha256');
  for (const piece of fingerprintPieces(dataset)) hash.update(piece);
  return hash.digest('hex');
}
