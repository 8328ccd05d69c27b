/**
 * Ctrl-C and its relatives: the first one lets training finish its step and save, the second one leaves at once.
 * Whatever is being written at that moment stays as it was, see `writeFileAtomically`.
 */
import { constants } from 'node:os';
import type { Output } from './output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof signals)[number];

export class Interrupt {
  /** The signal that came, if one did. */
  signal?: Signal;
  readonly #output: Output;
  #saves = false;

  constructor(output: Output) {
    this.#output = output;
    for (const signal of signals) process.on(signal, this.#onSignal);
  }

  /** From now on there is something to save. */
  trainingBegins(): void {
    this.#saves = true;
  }

  /** 128 and the signal's number, as shells have it; 0 where none came. */
  get exitCode(): number {
    return this.signal ? 128 + constants.signals[this.signal] : 0;
  }

  dispose(): void {
    for (const signal of signals) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: Signal) => {
    const first = this.signal === undefined;
    this.signal = signal;
    if (!first || !this.#saves) {
      const message = first ? 'interrupted before training began' : 'left at once';
      process.stderr.write(`\nzoo: ${message}\n`);
      if (this.#output.json) {
        process.stdout.write(`${JSON.stringify({ error: { message, code: this.exitCode } })}\n`);
      }
      process.exit(this.exitCode);
    }
    this.#output.say('\ninterrupted: finishing this step and saving; once more leaves at once');
  };
}
