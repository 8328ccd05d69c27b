/**
 * The two ways in which a command can fail on purpose. Anything else that is thrown is a bug.
 */

/** What the user gave is wrong: an option, a file, a value. Exit code 2. The message says what, where and what to do. */
export class InputError extends Error {
  override name = 'InputError';
  readonly exitCode = 2;
}

/** The input was fine but the work failed: training diverged, numbers differ, a disk is full. Exit code 1. */
export class WorkError extends Error {
  override name = 'WorkError';
  readonly exitCode = 1;
}
