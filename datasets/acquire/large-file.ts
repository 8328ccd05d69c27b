/** A file that is too large to be held in memory: what can be said of it after one reading. */
import { createHash } from 'node:crypto';
import { printable } from '../../src/core/printable.ts';
import type { Progress } from '../../src/core/progress.ts';
import { WorkError } from '../../src/core/errors.ts';
import { fileError, openRegular } from '../../src/node/files.ts';
import { versionOf } from '../formats/rows-on-disk.ts';

export interface LargeFile {
  bytes: number;
  sha256: string;
  /** The version of the file that was read, see {@link versionOf}. */
  version: string;
  /** Its beginning, enough for the header of any format. */
  content: Uint8Array;
}

const bytesAtOnce = 2 ** 20;

/**
 * Reads a file through once.
 *
 * @returns undefined, and nothing is read, where it has at most `most` bytes
 * @throws InputError where it is missing, unreadable or not a regular file
 * @throws WorkError where it changes meanwhile
 */
export async function surveyLarge(
  path: string,
  most: number,
  progress: Progress,
): Promise<LargeFile | undefined> {
  const { file, size } = await openRegular(path);
  const task = `checking ${printable(path)}`;
  try {
    if (size <= most) return undefined;
    const version = versionOf(await file.stat({ bigint: true }));
    const hash = createHash('sha256');
    const piece = new Uint8Array(bytesAtOnce);
    let content: Uint8Array | undefined;
    let bytes = 0;
    for (let more = -1; more !== 0; bytes += more) {
      more = (await file.read(piece, 0, piece.length, bytes)).bytesRead;
      hash.update(piece.subarray(0, more));
      content ??= piece.slice(0, more);
      progress.update(task, bytes, size);
    }
    if (versionOf(await file.stat({ bigint: true })) !== version) throw changedMeanwhile(path);
    return { bytes, sha256: hash.digest('hex'), version, content: content ?? new Uint8Array() };
  } catch (error) {
    throw fileError(error, 'read', path);
  } finally {
    progress.finish(task);
    await file.close();
  }
}

export const changedMeanwhile = (path: string): WorkError =>
  new WorkError(`${path} has changed while it was read; begin again, and leave it as it is`);
