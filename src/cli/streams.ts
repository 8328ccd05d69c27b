/**
 * Standard output and standard error when nobody takes them any more: the reader of a pipe is gone, the terminal was
 * closed, the disk under a log is full. What would have been said is lost then; the work is not.
 */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { fileError } from '../node/files.ts';
import type { Output } from './output.ts';

export function surviveLostStreams(output: Output): void {
  let failure: NodeJS.ErrnoException | undefined;
  const terminals = [0, 1, 2].filter(isatty);
  const closed = () => terminals.filter((terminal) => !isatty(terminal));
  /** Nobody is there to read: no error, as when a reader has seen enough (`zoo list | head -1`). */
  const isGone = ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' || closed().includes(1);
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
    if (isGone(error) && !output.mustFinish) process.exit();
  });
  process.on('exit', (code) => {
    if (failure && !isGone(failure)) {
      const { message } = fileError(failure, 'write', 'standard output') as Error;
      process.stderr.write(`zoo: ${message}\n`);
      process.exitCode = code || 1;
    }
    closed().forEach(replaceByNothing);
  });
}

/** When it ends, Node.js puts terminals back as they were, and aborts where one is closed: an open file it passes over. */
function replaceByNothing(terminal: number): void {
  closeSync(terminal);
  openSync('/dev/null', 'r+'); // takes the lowest number that is free
}
