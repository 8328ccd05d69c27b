/**
 * Where data comes from unless the caller says otherwise: the same for the command line and for programs.
 */
import { resolve } from 'node:path';
import envPaths from 'env-paths';
import { usualDataMemory, type DataRequest } from '../core/data/dataset.ts';
import { aFunction, anObject, aSeed, aText, checkFields, oneOf, optional } from '../core/given.ts';
import { silent } from '../core/progress.ts';
import { checkedNumber } from '../core/limits.ts';

/** No array has more bytes on every machine, and what stays on a disk is hardly slower. */
const mostMebibytes = 2047;
const mebibyte = 2 ** 20;

/**
 * @param given what the caller says; directories may be relative, and `undefined` is as good as not given
 * @throws InputError where the memory for data is not a possible one
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
  const { ZOO_DATA_DIR, ZOO_CACHE_DIR, ZOO_DATA_MEMORY } = process.env;
  const dataDir = given.dataDir ?? (ZOO_DATA_DIR || undefined);
  const cacheDir = given.cacheDir ?? (ZOO_CACHE_DIR || undefined);
  const dataMemory =
    given.dataMemory ??
    (ZOO_DATA_MEMORY ? bytesIn('ZOO_DATA_MEMORY', Number(ZOO_DATA_MEMORY)) : usualDataMemory);
  return {
    data: given.data ?? 'auto',
    dataDir: dataDir && resolve(dataDir),
    ...(given.own && { own: given.own }),
    cacheDir: cacheDir ? resolve(cacheDir) : envPaths('backprop-zoo', { suffix: '' }).cache,
    dataMemory: checkedNumber('dataMemory', dataMemory, { minimum: 0, maximum: mostMebibytes * mebibyte }),
    alwaysHash: given.alwaysHash,
    seed: given.seed ?? 1,
    options: given.options ?? {},
    progress: given.progress ?? silent,
  };
}

/** Bytes from MiB. @param where how messages call it @throws InputError unless it is a whole number from 0 to 2047 */
export const bytesIn = (where: string, mebibytes: unknown): number =>
  mebibyte * checkedNumber(where, mebibytes, { minimum: 0, maximum: mostMebibytes, integer: true });
