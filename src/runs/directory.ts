/**
 * Where a run leaves its files.
 */
import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileError, makeDirectory } from '../node/files.ts';

/** `2026-11-21T02-30-05`, in local time, fit for file names everywhere. */
function timestamp(now = new Date()): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return (
    `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T` +
    `${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}`
  );
}

/**
 * Makes the directory of a run: `out` where given, else a new `runs/<model>-<time>` that no other run has.
 *
 * @throws InputError when it cannot be made or written to
 */
export async function makeRunDirectory(model: string, out?: string): Promise<string> {
  const directory = resolve(out ?? 'runs');
  try {
    await makeDirectory(directory);
    await access(directory, constants.W_OK);
  } catch (error) {
    throw fileError(error, 'write to', out ?? directory);
  }
  return out === undefined ? makeNew(join(directory, `${model}-${timestamp()}`)) : directory;
}

async function makeNew(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      await mkdir(candidate);
      return candidate;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, 'make', candidate);
    }
  }
}
