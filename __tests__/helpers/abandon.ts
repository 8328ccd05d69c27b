import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { temporaryBeside } from '../../src/node/files.ts';

/** Leaves a temporary file beside a path as a process that was killed leaves it, and returns its name. */
export function abandon(path: string): string {
  const mine = temporaryBeside(path);
  const pid = execFileSync(process.execPath, ['--print', 'process.pid'], { encoding: 'utf8' }).trim();
  const abandoned = mine.replace(`-${process.pid}-`, `-${pid}-`);
  writeFileSync(mine, 'partial');
  renameSync(mine, abandoned);
  return abandoned;
}
