/** All or nothing: an installation is made beside its place, and takes it only when it has been shown to work. */
import { existsSync, readdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRunning } from '../processes.ts';
import { makeDirectory } from '../files.ts';

const PREFIX = '.being-made-';

/**
 * Let `work` fill an empty folder beside `target`; when it resolves, that folder becomes `target`.
 * When it throws, or the process is interrupted, the folder is removed and `target` stays as it was.
 */
export async function replaceFolder<T>(target: string, work: (folder: string) => T | Promise<T>): Promise<T> {
  const home = dirname(target);
  clearLeftovers(home);
  const folder = join(home, `${PREFIX}${process.pid}`);
  const previous = `${folder}-previous`;
  const created = await makeDirectory(folder);
  const undo = () => {
    rmSync(folder, { recursive: true, force: true });
    if (existsSync(previous)) renameSync(previous, target);
    if (created !== undefined) removeEmptyFolders(home, created);
  };
  const interrupted = () => {
    undo();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const result = await work(folder);
    if (existsSync(target)) await rename(target, previous);
    await rename(folder, target);
    await rm(previous, { recursive: true, force: true });
    return result;
  } catch (error) {
    undo();
    throw error;
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}

/** Remove `folder` and the folders above it, up to and including `last`, as long as they are empty. */
function removeEmptyFolders(folder: string, last: string): void {
  try {
    for (let current = folder; current.startsWith(last); current = dirname(current)) rmdirSync(current);
  } catch {
    // Someone else's files are in it by now.
  }
}

/** Remove folders left by processes that were killed. */
export function clearLeftovers(home: string): void {
  if (!existsSync(home)) return;
  for (const name of readdirSync(home).filter((entry) => entry.startsWith(PREFIX))) {
    if (!isRunning(Number.parseInt(name.slice(PREFIX.length))))
      rmSync(join(home, name), { recursive: true, force: true });
  }
}
