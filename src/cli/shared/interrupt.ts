/**
 * Ctrl-C and termination signals: after the first one training finishes its step and saves, the second one quits
 * immediately. A file that is being written at that moment keeps its old content, see `writeFileAtomically`.
 */
import { constants as files, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import type { Output } from './output.ts';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** One Ctrl-C may arrive twice, from the terminal and from npm. */
const millisecondsOfOneInterruption = 500;

export class Interrupt {
  /** The signal that came, if one did. */
  signal?: Signal;
  readonly #output: Output;
  #mayLeave = false;
  #isOver = false;

  constructor(output: Output) {
    this.#output = output;
    const signals: Signal[] = hangupsAreIgnored() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** From now on there is something to save. */
  trainingBegins(): void {
    this.#output.mustFinish = true;
  }

  /** From now on everything is saved: a signal ends the process a little earlier and changes nothing of its outcome. */
  allIsSaved(): void {
    this.#isOver = true;
  }

  /** 128 and the signal's number, as shells have it; 0 where none came. */
  get exitCode(): number {
    return this.signal ? 128 + constants.signals[this.signal] : 0;
  }

  readonly #onSignal = (signal: Signal) => {
    if (this.#isOver) process.exit();
    const first = this.signal === undefined;
    // Nobody is impatient who closes a terminal: both the shell and the system then send SIGHUP.
    if (!first && (signal === 'SIGHUP' || !this.#mayLeave)) return;
    this.signal = signal;
    if (!first || !this.#output.mustFinish) {
      const message = first ? 'interrupted before training began' : 'aborted';
      this.#output.say();
      this.#output.fail(message, this.exitCode);
      process.exit(this.exitCode);
    }
    this.#output.say('\ninterrupted: finishing this step and saving; press Ctrl-C again to quit immediately');
    // Only after signals that came while a picture was drawn have been heard: those are of this interruption.
    setTimeout(() => setImmediate(() => (this.#mayLeave = true)), millisecondsOfOneInterruption).unref();
  };
}

/** With `nohup` a closed terminal is no reason to end, which Node.js forgets. */
export function respectNohup(): void {
  if (hangupsAreIgnored()) process.on('SIGHUP', () => {});
}

/**
 * Whether `nohup` started this process. It leaves SIGHUP ignored, but Node.js puts all signals back before our first
 * line. What remains is the shell's `_`, which names the program it started, and that GNU's nohup puts a /dev/null
 * that can only be written to in place of a terminal's input.
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
