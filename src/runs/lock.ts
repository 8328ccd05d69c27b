/**
 * One run, one directory: a file names the process that trains into it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { link, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from '../utils/schema.ts';
import { InputError, WorkError } from '../utils/errors.ts';
import { fileError, readText, tryToRemove } from '../node/files.ts';
import { beginningOf, isRunning } from '../node/processes.ts';
import { parseJson } from '../weights/json.ts';

const lockName = 'run.lock';

const word = z.string().check(z.regex(/^[\w.-]*$/));
const holderSchema = z.object({
  pid: z.int().check(z.positive()),
  host: word,
  /** When the process began, by its system's clock of ticks; tells it from a later process of the same number. */
  began: word,
  /** Unique to this holding. */
  id: word,
});
type Holder = z.infer<typeof holderSchema>;

export interface RunLock {
  /** @throws WorkError when the directory is gone or another process has taken it over */
  check(): Promise<void>;
  /** Never fails: a lock that cannot be removed, as on a disk that has become read-only, counts no more. */
  release(): Promise<void>;
}

/**
 * Claims a run directory for this process. The lock of a process that no longer runs on this machine is removed, and so is
 * one that stays empty: a crash or a full disk has left it.
 *
 * @throws InputError that names the process which holds it
 */
export async function lockRunDirectory(directory: string): Promise<RunLock> {
  const path = join(directory, lockName);
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    began: beginningOf(process.pid) ?? '',
    id: randomBytes(8).toString('hex'),
  };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await create(path, mine)) return hold(path, directory, mine);
    let other = await read(path);
    if (other === 'empty') {
      await wait(millisecondsToWrite);
      other = await read(path);
    }
    if (other === undefined) continue; // released meanwhile
    if (other === 'empty') {
      await removeStale(path, other);
      continue;
    }
    if (other === 'unreadable') {
      throw new InputError(`${path} is in the way and names no process: remove it if nothing trains there.`);
    }
    if (mayBeRunning(other)) {
      throw new InputError(
        `${directory} is in use by process ${other.pid} on ${other.host}: wait for it or choose another --out` +
          (other.host === mine.host ? '.' : `; if that process is gone, remove ${path}.`),
      );
    }
    await removeStale(path, other);
  }
  throw new WorkError(`${directory} could not be claimed: other processes keep claiming it.`);
}

/** Where there are no hard links, a lock is empty for a moment. */
const millisecondsToWrite = 1000;

/** Creates the lock with its content in one step; `false` where there is one. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.id}`;
  const content = JSON.stringify(holder);
  try {
    await writeFile(draft, content, { flag: 'wx' });
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      return createWithoutLink(path, content);
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(error, 'write', path);
  } finally {
    await tryToRemove(draft);
  }
}

async function createWithoutLink(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    // Of a full disk, an empty file would stay.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await tryToRemove(path);
    throw error;
  }
}

/** @throws InputError, WorkError where there is a file that cannot be read */
async function read(path: string): Promise<Holder | 'empty' | 'unreadable' | undefined> {
  const text = await readText(path, 1000).catch((error: unknown) => {
    if (existsSync(path)) throw error;
    return undefined;
  });
  if (text === undefined) return undefined;
  if (text === '') return 'empty';
  try {
    return holderSchema.parse(parseJson(text, path));
  } catch {
    return 'unreadable';
  }
}

/** By this process; their files may remain. */
const released = new Set<string>();

/** Of a process on another machine nothing can be known, so it counts as running. */
function mayBeRunning({ pid, host, began, id }: Holder): boolean {
  if (host !== hostname()) return true;
  if (released.has(id) || !isRunning(pid)) return false;
  const beganNow = beginningOf(pid);
  return beganNow === undefined || began === '' || beganNow === began;
}

/** Removes the lock that was found stale; one that another process has put there since is put back. */
async function removeStale(path: string, stale: Holder | 'empty'): Promise<void> {
  const id = stale === 'empty' ? stale : stale.id;
  const aside = `${path}.${id}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    // Another process is removing it, too; whoever creates the next lock holds the directory.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw fileError(error, 'remove', path);
  }
  const taken = await read(aside).catch(() => undefined);
  // In place of one that yet another process has created since, it is not put back.
  if (typeof taken === 'object' && taken.id !== id) await link(aside, path).catch(() => {});
  await tryToRemove(aside);
}

function hold(path: string, directory: string, mine: Holder): RunLock {
  const isMine = async () => {
    const holder = await read(path);
    return typeof holder === 'object' && holder.id === mine.id;
  };
  const releaseOnExit = () => {
    try {
      if (readFileSync(path, 'utf8').includes(mine.id)) unlinkSync(path);
    } catch {
      // Gone already.
    }
  };
  process.once('exit', releaseOnExit);
  return {
    async check() {
      if (await isMine()) return;
      throw new WorkError(
        `${directory} was removed, or another process has taken it over, while this one was training into it.`,
      );
    },
    async release() {
      process.off('exit', releaseOnExit);
      released.add(mine.id);
      if (await isMine().catch(() => false)) await tryToRemove(path);
    },
  };
}
