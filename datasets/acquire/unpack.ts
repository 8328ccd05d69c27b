/** Gzipped files that are too large for memory, unpacked once into the cache. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DataRequest } from '../../src/core/data/dataset.ts';
import { InputError, WorkError } from '../../src/core/errors.ts';
import { fileError, makeDirectory } from '../../src/node/files.ts';
import { damaged } from '../formats/unzip.ts';
import type { ObtainedFile } from './obtain.ts';
import { PartialFile, removeAbandoned } from './partial-file.ts';

/** Deflate grows data at most so many times. */
const mostGrowth = 1032;

const bytesAtOnce = 2 ** 20;

/**
 * The path of the unpacked file, in `unpacked/` of the cache and under the SHA-256 of the gzipped one. A file of that name
 * and of the right length has been unpacked before and is taken as it is,
 * unless everything is to be checked: then it is unpacked anew.
 *
 * @param length that the file must have when it is unpacked, by its own header
 * @throws InputError where the file is damaged or cannot have that length
 * @throws WorkError where the disk has no room for it, or the file changes meanwhile
 */
export async function unpackOnce(
  packed: ObtainedFile,
  length: number,
  { cacheDir, alwaysHash, progress }: Pick<DataRequest, 'cacheDir' | 'alwaysHash' | 'progress'>,
): Promise<string> {
  if (length > mostGrowth * packed.bytes) {
    throw new InputError(
      `${packed.path}: its header makes ${length} bytes, which cannot come out of ${packed.bytes} gzipped ones`,
    );
  }
  const directory = join(cacheDir, 'unpacked');
  const path = join(directory, packed.sha256);
  const { size } = await stat(path).catch(() => ({ size: -1 }));
  if (size === length && !alwaysHash) return path;
  await makeDirectory(directory);
  await removeAbandoned(path);
  await checkRoom(packed, length, directory);
  const partial = await PartialFile.create(path);
  const task = `unpacking ${packed.path}`;
  const hash = createHash('sha256');
  let read = 0;
  try {
    const watch = new Transform({
      transform(chunk: Uint8Array, _, pass) {
        hash.update(chunk);
        progress.update(task, (read += chunk.length), packed.bytes);
        pass(null, chunk);
      },
    });
    const target = new Writable({
      write(chunk: Uint8Array, _, done) {
        if (partial.size + chunk.length > length) done(wrongLength(packed, 'more', length));
        else partial.append(chunk).then(() => done(), done);
      },
    });
    const source = createReadStream(packed.path, { highWaterMark: bytesAtOnce });
    await pipeline(source, watch, createGunzip({ chunkSize: bytesAtOnce }), target);
    if (partial.size < length) throw wrongLength(packed, 'less', length);
    if (hash.digest('hex') !== packed.sha256) {
      throw new WorkError(`${packed.path} has changed while it was read; begin again, and leave it as it is`);
    }
    await partial.keepAs(path);
  } catch (error) {
    throw fileError(damaged(error, packed.path, ''), 'read', packed.path);
  } finally {
    progress.finish(task);
    await partial.discard();
  }
  return path;
}

const wrongLength = ({ path }: ObtainedFile, than: string, length: number) =>
  new InputError(`${path}: it unpacks to ${than} than the ${length} bytes that its header makes`);

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** Before anything is written: a disk that is full harms others, too. */
async function checkRoom({ path }: ObtainedFile, length: number, directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory).catch(() => ({ bavail: Infinity, bsize: 1 }));
  if (bavail * bsize >= length) return;
  throw new WorkError(
    `${path} takes ${gibibytes(length)} when it is unpacked, and ${JSON.stringify(directory)} has ` +
      `${gibibytes(bavail * bsize)} left: make room, or set ZOO_CACHE_DIR to a directory on another disk`,
  );
}
