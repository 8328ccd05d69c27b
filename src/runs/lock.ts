/**
 * One run, one directory: a file names the process that trains into it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from '../utils/schema.ts';
import { InputError, WorkError } from '../utils/errors.ts';
import { fileError, readText } from '../node/files.ts';
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
  release(): Promise<void>;
}

/**
 * Claims a run directory for this process. The lock of a process that no longer runs on this machine is removed.
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
    const other = await read(path);
    if (other === undefined) continue; // released meanwhile
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

/** Creates the lock with its content in one step; `false` where there is one. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${holder.id}`;
  const content = JSON.stringify(holder);
  try {
    await writeFile(draft, content, { flag: 'wx' });
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      // A file system without hard links.
      return writeFile(path, content, { flag: 'wx' });
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(error, 'write', path);
  } finally {
    await rm(draft, { force: true });
  }
}

async function read(path: string): Promise<Holder | 'unreadable' | undefined> {
  try {
    return holderSchema.parse(parseJson(await readText(path, 1000), path));
  } catch {
    return existsSync(path) ? 'unreadable' : undefined;
  }
}

/** Of a process on another machine nothing can be known, so it counts as running. */
function mayBeRunning({ pid, host, began }: Holder): boolean {
  if (host !== hostname()) return true;
  if (!isRunning(pid)) return false;
  const beganNow = beginningOf(pid);
  return beganNow === undefined || began === '' || beganNow === began;
}

/** Removes the lock that was found stale; one that another process has put there since is put back. */
async function removeStale(path: string, stale: Holder): Promise<void> {
  const aside = `${path}.${stale.id}.stale`;
  try {
    await rename(path, aside);
    const taken = await read(aside);
    if (typeof taken === 'object' && taken.id !== stale.id) await link(aside, path);
  } catch {
    // Another process is removing it, too; whoever creates the next lock holds the directory.
  } finally {
    await rm(aside, { force: true });
  }
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
      if (await isMine()) await rm(path, { force: true });
    },
  };
}
