/**
 * Files as the rest of the project sees them: written whole or not at all, read up to a limit,
 * and every failure of the file system told in one sentence.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants, unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isRunning } from './processes.ts';
import { InputError, WorkError } from '../utils/errors.ts';

/** The path that was given is at fault: the user can choose another. */
const inputReasons: Record<string, string> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a directory, not a file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links lead in a circle',
  ERR_INVALID_ARG_VALUE: 'this is not a possible path',
};

/** The machine is at fault: the same command may succeed later. */
const workReasons: Record<string, string> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  EIO: 'the disk reports an error',
};

/**
 * The sentence for a failed file operation, for example `cannot write "runs/a/run.json": the disk is full`.
 *
 * @param action What was tried, as an infinitive: `read`, `write`.
 * @returns An {@link InputError} or {@link WorkError} for an error of the file system, `error` itself for any other.
 */
export function fileError(error: unknown, action: string, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') return error;
  const sentence = (reason: string) => `cannot ${action} ${JSON.stringify(path)}: ${reason}`;
  if (code in inputReasons) return new InputError(sentence(inputReasons[code]));
  return new WorkError(sentence(workReasons[code] ?? message));
}

const temporaries = new Set<string>();
/** Tells this machine from others that may share a directory with it. */
const machine = sha256(hostname()).slice(0, 8);
const temporaryName = /^\.zoo-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/;
/** No file is written for so many milliseconds without a pause. */
const longestSilence = 3_600_000;

/**
 * A name beside `path` that no other process uses. A file of that name goes when this process ends, unless it is released.
 */
export function temporaryBeside(path: string): string {
  const name = `.zoo-${machine}-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(path), name);
  temporaries.add(temporary);
  return temporary;
}

/** The temporary file has been renamed or removed. */
export function releaseTemporary(temporary: string): void {
  temporaries.delete(temporary);
}

/** A process that leaves at once, on a second Ctrl-C, takes its half-written files with it. */
process.on('exit', () => {
  for (const path of temporaries) {
    try {
      unlinkSync(path);
    } catch {
      // Renamed or removed meanwhile.
    }
  }
});

/** Removes a file if that is possible. Where it is not, what went wrong before matters more. */
export const tryToRemove = (path: string): Promise<void> => rm(path, { force: true }).catch(() => {});

/**
 * Writes a file so that at every moment, a crash included, either the old or the new content stands under `path`:
 * to a temporary file beside it, flushed to the disk, then renamed. The directory must exist.
 * (The package write-file-atomic overlooks short writes: on a full disk it puts a truncated file into place.)
 *
 * @throws InputError where nothing can be written at that place, WorkError where the disk is full or fails.
 */
export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryBeside(path);
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'wx');
    await file.writeFile(data);
    await file.sync();
    await file.close();
    file = undefined;
    await rename(temporary, path);
    await flushDirectory(dirname(path));
  } catch (error) {
    await file?.close().catch(() => {});
    await tryToRemove(temporary);
    throw fileError(error, 'write', path);
  } finally {
    releaseTemporary(temporary);
  }
}

/** Makes a rename last through a power cut, where the system can do that. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close().catch(() => {});
}

/**
 * Removes the temporary files that killed processes have left in a directory.
 *
 * @param shared whether other processes may write there now, on this machine or on another; their files stay
 */
export async function removeAbandonedFiles(directory: string, { shared = false } = {}): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const [, where, pid] = temporaryName.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(directory, name);
    const isOver = !shared || (where === machine && !isRunning(Number(pid)));
    if (isOver || (await silence(path)) > longestSilence) await tryToRemove(path);
  }
}

/** Milliseconds since a file was last written; 0 where it is gone. */
const silence = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );

/**
 * Makes a directory and those above it; one that exists is fine.
 * (Node's own `recursive` tries for ever where the file system answers that a new directory does not exist, as /proc does.)
 *
 * @returns the topmost directory that was made, if any was
 * @throws InputError, WorkError as {@link writeFileAtomically}.
 */
export async function makeDirectory(path: string): Promise<string | undefined> {
  try {
    return await makeWithParents(path);
  } catch (error) {
    throw fileError(error, 'make the directory', path);
  }
}

async function makeWithParents(path: string): Promise<string | undefined> {
  try {
    return (await makeOne(path)) ? path : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const topmost = await makeWithParents(dirname(path));
  try {
    return (await makeOne(path)) ? (topmost ?? path) : topmost;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new InputError(
      `cannot make the directory ${JSON.stringify(path)}: this file system lets nobody make one there`,
    );
  }
}

/** Whether it was made and not there before. */
async function makeOne(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return false;
    throw error;
  }
}

/**
 * Reads a whole file of at most `maxBytes` bytes. Its size is checked before memory is taken; pipes and devices,
 * which have none, are refused.
 *
 * @throws InputError where it is missing, unreadable, not a regular file or too large.
 */
export async function readLimited(path: string, maxBytes: number): Promise<Uint8Array> {
  const refusal = (why: string) => new InputError(`cannot read ${JSON.stringify(path)}: ${why}`);
  let file: FileHandle | undefined;
  try {
    // Non-blocking, for opening a pipe that nobody writes to would otherwise wait for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stats = await file.stat();
    if (stats.isDirectory()) throw Object.assign(new Error('directory'), { code: 'EISDIR' });
    if (!stats.isFile()) throw refusal('it is not a regular file');
    if (stats.size > maxBytes) {
      throw refusal(`its ${stats.size} bytes are more than the ${maxBytes} allowed`);
    }
    return await readWhole(file, stats.size);
  } catch (error) {
    throw fileError(error, 'read', path);
  } finally {
    await file?.close().catch(() => {});
  }
}

/**
 * Reads a text file in UTF-8 of at most `maxBytes` bytes.
 *
 * @param keepMark whether a byte order mark is part of the text
 * @throws InputError as {@link readLimited}, and where a byte is not of UTF-8
 */
export async function readText(path: string, maxBytes: number, keepMark = false): Promise<string> {
  const bytes = await readLimited(path, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: keepMark }).decode(bytes);
  } catch {
    throw new InputError(`cannot read ${JSON.stringify(path)}: it is not text in UTF-8`);
  }
}

/** Reads what was announced and no more, so that a file that grows meanwhile cannot exceed the limit. */
async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  const content = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(content, filled, size - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return content.subarray(0, filled);
}

/** SHA-256 of bytes or of text in UTF-8, 64 hexadecimal digits. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * @param out the file to write
 * @param inputs files that are read, by whatever name; other words are no harm
 * @throws InputError where they are one and the same, by a link too
 */
export async function keepInputs(out: string, inputs: readonly string[]): Promise<void> {
  const target = await stat(out).catch(() => undefined);
  if (!target) return;
  for (const input of inputs) {
    const found = resolve(input) === resolve(out) ? target : await stat(input).catch(() => undefined);
    if (found?.dev === target.dev && found.ino === target.ino) {
      throw new InputError(`${out} is an input and would be overwritten. Choose another output file.`);
    }
  }
}
