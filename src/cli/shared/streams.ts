/**
 * Standard output and standard error when nobody takes them any more: the reader of a pipe is gone, the terminal was
 * closed, the disk under a log is full. What would have been said is lost then; the work is not.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import { fileError } from '../../node/files.ts';
import type { Output } from './output.ts';

export function surviveLostStreams(output: Output): void {
  let failure: NodeJS.ErrnoException | undefined;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    failure ??= error;
    if (nobodyReads(error) && !output.mustFinish) process.exit();
  });
  process.on('exit', (code) => {
    if (failure && !nobodyReads(failure)) {
      const { message } = fileError(failure, 'write', 'standard output') as Error;
      process.stderr.write(`zoo: ${message}\n`);
      process.exitCode = code || 1;
    }
    if (process.platform !== 'win32') [0, 1, 2].filter(isDevice).forEach(replaceByNothing);
  });
}

/** No error: a reader has seen enough (`zoo list | head -1`), or a terminal was closed. */
const nobodyReads = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || (code === 'EIO' && isDevice(1));

const isDevice = (stream: number): boolean => fstatSync(stream).isCharacterDevice();

/**
 * When it ends, Node.js puts terminals back as they were when it began, and aborts where one was closed meanwhile;
 * another file in its place it passes over. Nothing here changes how a terminal works.
 */
function replaceByNothing(stream: number): void {
  closeSync(stream);
  openSync('/dev/null', 'r+'); // takes the lowest number that is free
}
