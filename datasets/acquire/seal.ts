/**
 * A seal beside a large file of the cache: the SHA-256 of its content, and the version of the file that has it. As long
 * as the version is the same the file need not be read to know what it holds; a file that has changed is hashed again.
 */
import { stat } from 'node:fs/promises';
import type { DataRequest } from '../../src/core/data/dataset.ts';
import { fileError, readText, writeFileAtomically } from '../../src/node/files.ts';
import { versionOf } from '../formats/rows-on-disk.ts';
import { surveyLarge } from './large-file.ts';

const sealOf = (path: string): string => `${path}.seal`;
const mostBytes = 1000;

/** Seals a file that has just been written. @param sha256 of all that it holds */
export async function seal(path: string, sha256: string): Promise<void> {
  const stats = await stat(path, { bigint: true }).catch((error: unknown) => {
    throw fileError(error, 'read', path);
  });
  await writeFileAtomically(sealOf(path), `${sha256} ${versionOf(stats)}\n`);
}

/**
 * The version of the file as it is now, where it holds what was sealed; undefined where it does not or has no seal.
 * With `alwaysHash` the file is read in any case.
 */
export async function sealedVersion(
  path: string,
  { alwaysHash, progress }: Pick<DataRequest, 'alwaysHash' | 'progress'>,
): Promise<string | undefined> {
  const text = await readText(sealOf(path), mostBytes).catch(() => '');
  const [, sha256, version] = /^([0-9a-f]{64}) (.+)\n$/.exec(text) ?? [];
  if (sha256 === undefined) return undefined;
  if (!alwaysHash && version === (await settledVersion(path))) return version;
  const found = await surveyLarge(path, -1, progress);
  if (found?.sha256 !== sha256) return undefined;
  // Where it cannot be renewed the next run hashes once more.
  await writeFileAtomically(sealOf(path), `${sha256} ${found.version}\n`).catch(() => {});
  return found.version;
}

/** The file's version, if it was last touched before its seal was: within one tick of the clock no change shows. */
async function settledVersion(path: string): Promise<string | undefined> {
  const [file, mark] = await Promise.all([path, sealOf(path)].map((name) => stat(name, { bigint: true })));
  return file.ctimeNs < mark.mtimeNs ? versionOf(file) : undefined;
}
