/** In the process that trains: holds training between rounds, and times each round. */
import { createInterface } from 'node:readline';
import { tf } from '../../core/tf.ts';
import type { Assignment, Ready, Round } from './protocol.ts';

export class Pace {
  readonly #lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  #stepsLeft = 0;
  #startedAt = 0;
  #tensorsAtStart = 0;
  #measured: Pick<Round, 'seconds' | 'tensors'> = { seconds: NaN };

  async assignment(): Promise<Assignment> {
    return JSON.parse(await this.#line()) as Assignment;
  }

  /** Everything is prepared; training may begin when this resolves. */
  async begin(about: string, dtype: Ready['dtype']): Promise<void> {
    write({ ready: true, about, dtype });
    await this.#nextRound();
  }

  /** To be called after every step; `true` after the last one of a round, which ends here: `roundOver` is due. */
  stepDone(): boolean {
    if (--this.#stepsLeft > 0) return false;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#measured = { seconds, tensors: tensorsMade() - this.#tensorsAtStart - 1 };
    return true;
  }

  /** Reports the round and holds training until the next one. */
  async roundOver(loss: number): Promise<void> {
    write({ ...this.#measured, loss, memory: process.resourceUsage().maxRSS * 1024 });
    await this.#nextRound();
  }

  async #nextRound(): Promise<void> {
    this.#stepsLeft = Number(await this.#line());
    this.#tensorsAtStart = tensorsMade();
    this.#startedAt = performance.now();
  }

  async #line(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done) process.exit(0);
    return next.value;
  }
}

const write = (message: Ready | Round): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

/** Tensors are numbered as they are made; this makes one, too. */
function tensorsMade(): number {
  const probe = tf.scalar(0);
  probe.dispose();
  return probe.id;
}
