import { afterAll } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [directories, disks]: string[][] = [[], []];
afterAll(() => disks.forEach((disk) => execFileSync('umount', [disk])));
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true, force: true })));

/** A new directory, removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'zoo-test-'));
  directories.push(directory);
  return directory;
}

/**
 * A new disk of that size, such as `64k`, unmounted after the tests of the file.
 *
 * @returns undefined, with a warning, where this process may not mount one
 */
export function temporaryDisk(size: string): string | undefined {
  const place = temporaryDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place], { stdio: 'ignore' });
  } catch {
    console.warn('skipped: tests of a disk, because this process may not mount one');
    return undefined;
  }
  disks.push(place);
  return place;
}
