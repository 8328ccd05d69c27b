/**
 * Where data comes from unless the caller says otherwise: the same for the command line and for programs.
 */
import envPaths from 'env-paths';
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { type DataRequest, fingerprintPieces, type LoadedDataset } from '../data/dataset.ts';
import * as z from '../utils/schema.ts';
import { silent } from '../utils/progress.ts';

/**
 * @param given what the caller says; directories may be relative, and `undefined` is as good as not given
 * @throws InputError naming the field that is invalid
 */
export function dataRequestWith(given: Partial<DataRequest> = {}): DataRequest {
  z.checkFields('data', given, {
    data: z.optional(z.literal(['auto', 'dir', 'download', 'built-in'])),
    dataDir: z.optional(z.string()),
    cacheDir: z.optional(z.string()),
    seed: z.optional(z.seed),
    options: z.optional(z.plainObject),
    progress: z.optional(z.plainObject),
  });
  if (given.progress) {
    z.checkFields('data.progress', given.progress, {
      update: z.callable,
      finish: z.callable,
      note: z.callable,
    });
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
