/**
 * Ctrl-C and termination signals: after the first one training finishes its step and saves, the second one quits
 * immediately. A file that is being written at that moment keeps its old content, see `writeFileAtomically`.
 */
import { constants as files, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import type { Output } from './output.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The same Ctrl-C may arrive twice, from the terminal and from npm. */
const sameInterruptMilliseconds = 500;

export class Interrupt {
  /** The first signal that was received. */
  signal?: Signal;
  readonly #output: Output;
  #mayQuit = false;
  #isOver = false;

  constructor(output: Output) {
    this.#output = output;
    const signals: Signal[] = hangupsAreIgnored() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** From now on a signal lets training save first. */
  trainingBegins(): void {
    this.#output.mustFinish = true;
  }

  /** From now on a signal ends the process immediately, with the exit code that it would have had. */
  allIsSaved(): void {
    this.#isOver = true;
  }

  /** 128 plus the number of the signal, as in shells; 0 without a signal. */
  get exitCode(): number {
    return this.signal ? 128 + constants.signals[this.signal] : 0;
  }

  readonly #onSignal = (signal: Signal) => {
    if (this.#isOver) process.exit();
    const first = this.signal === undefined;
    // When a terminal is closed, both the shell and the system send SIGHUP.
    if (!first && (signal === 'SIGHUP' || !this.#mayQuit)) return;
    this.signal = signal;
    if (!first || !this.#output.mustFinish) {
      const message = first ? 'interrupted before training began' : 'aborted';
      this.#output.say();
      this.#output.fail(message, this.exitCode);
      process.exit(this.exitCode);
    }
    this.#output.say('\ninterrupted: finishing this step and saving; press Ctrl-C again to quit immediately');
    // Signals that are still queued when the time is over belong to the same interruption.
    setTimeout(() => setImmediate(() => (this.#mayQuit = true)), sameInterruptMilliseconds).unref();
  };
}

/** Ignores SIGHUP if `nohup` started this process. */
export function respectNohup(): void {
  if (hangupsAreIgnored()) process.on('SIGHUP', () => {});
}

/**
 * Whether `nohup` started this process. nohup ignores SIGHUP, but Node.js resets all signals at startup. What remains is
 * the variable `_` of the shell, which names the program that it started, and the standard input: GNU nohup replaces a
 * terminal by a write-only /dev/null.
 */
function hangupsAreIgnored(): boolean {
  if (basename(process.env._ ?? '') === 'nohup') return true;
  try {
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? [];
    const access = Number.parseInt(flags, 8) & (files.O_WRONLY | files.O_RDWR);
    return access === files.O_WRONLY && readlinkSync('/proc/self/fd/0') === '/dev/null';
  } catch {
    return false;
  }
}
