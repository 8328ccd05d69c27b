/** Gzipped files that are too large for memory, unpacked once into the cache and sealed there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DataRequest } from '../../src/core/data/dataset.ts';
import { InputError, WorkError } from '../../src/core/errors.ts';
import { printable } from '../../src/core/printable.ts';
import { fileError, makeDirectory } from '../../src/node/files.ts';
import { RowsOnDisk, type Stretch } from '../formats/rows-on-disk.ts';
import { damaged } from '../formats/unzip.ts';
import { changedMeanwhile } from './large-file.ts';
import type { ObtainedFile } from './obtain.ts';
import { PartialFile } from './partial-file.ts';
import { seal, sealedVersion } from './seal.ts';

/** Deflate grows data at most so many times. */
const mostGrowth = 1032;

const bytesAtOnce = 2 ** 20;
const mostTries = 3;

/**
 * Opens a stretch of the unpacked file. That file is in `unpacked/` of the cache, under the SHA-256 of the gzipped one;
 * it is unpacked where it is missing or is no longer what came out of the gzipped file.
 *
 * @param length that the file must have when it is unpacked, by its own header
 * @param stretch of the unpacked file
 * @throws InputError where the file is damaged or cannot have that length
 * @throws WorkError where the disk has no room for it, or one of the files changes meanwhile
 */
export async function openUnpacked(
  packed: ObtainedFile,
  length: number,
  stretch: Omit<Stretch, 'path'>,
  request: DataRequest,
): Promise<RowsOnDisk> {
  if (length > mostGrowth * packed.bytes) {
    throw new InputError(
      `${packed.path}: its header makes ${length} bytes, which cannot come out of ${packed.bytes} gzipped ones`,
    );
  }
  const path = join(request.cacheDir, 'unpacked', packed.sha256);
  // More than once, for another process may put its own copy into this place.
  for (let tries = 0; tries < mostTries; tries++) {
    const { size } = await stat(path).catch(() => ({ size: -1 }));
    const version = size === length ? await sealedVersion(path, request) : undefined;
    if (version === undefined) {
      await unpack(packed, length, path, request);
      continue;
    }
    const rows = new RowsOnDisk({ path, ...stretch });
    if (rows.version === version) return rows;
    rows.close();
  }
  throw changedMeanwhile(path);
}

async function unpack(
  packed: ObtainedFile,
  length: number,
  path: string,
  { cacheDir, progress }: DataRequest,
): Promise<void> {
  const directory = join(cacheDir, 'unpacked');
  await makeDirectory(directory);
  await checkRoom(packed, length, directory);
  const partial = await PartialFile.create(path);
  const task = `unpacking ${printable(packed.path)}`;
  const [packedHash, unpackedHash] = [createHash('sha256'), createHash('sha256')];
  let read = 0;
  try {
    const watch = new Transform({
      transform(chunk: Uint8Array, _, pass) {
        packedHash.update(chunk);
        progress.update(task, (read += chunk.length), packed.bytes);
        pass(null, chunk);
      },
    });
    const target = new Writable({
      write(chunk: Uint8Array, _, done) {
        if (partial.size + chunk.length > length) return done(wrongLength(packed, 'more', length));
        unpackedHash.update(chunk);
        partial.append(chunk).then(() => done(), done);
      },
    });
    const source = createReadStream(packed.path, { highWaterMark: bytesAtOnce });
    await pipeline(source, watch, createGunzip({ chunkSize: bytesAtOnce }), target);
    if (partial.size < length) throw wrongLength(packed, 'less', length);
    if (packedHash.digest('hex') !== packed.sha256) throw changedMeanwhile(packed.path);
    await partial.keepAs(path);
    await seal(path, unpackedHash.digest('hex'));
  } catch (error) {
    throw fileError(damaged(error, packed.path, ''), 'read', packed.path);
  } finally {
    progress.finish(task);
    await partial.discard();
  }
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
