/**
 * Where data comes from unless the caller says otherwise: the same for the command line and for programs.
 */
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { silent, type DataRequest } from './dataset.ts';

/** @param given what the caller says; directories may be relative, and `undefined` is as good as not given */
export function dataRequestWith(given: Partial<DataRequest> = {}): DataRequest {
  const { ZOO_DATA_DIR, ZOO_CACHE_DIR } = process.env;
  const dataDir = given.dataDir ?? (ZOO_DATA_DIR || undefined);
  const cacheDir = given.cacheDir ?? (ZOO_CACHE_DIR || undefined);
  return {
    data: given.data ?? 'auto',
    dataDir: dataDir && resolve(dataDir),
    cacheDir: cacheDir ? resolve(cacheDir) : envPaths('backprop-zoo', { suffix: '' }).cache,
    seed: given.seed ?? 1,
    options: given.options ?? {},
    progress: given.progress ?? silent,
  };
}
