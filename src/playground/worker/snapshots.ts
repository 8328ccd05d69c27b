/**
 * The parameters at some steps of a training, so that it can be looked back on: a bounded number of them, however long it takes.
 */
import type { ParameterSet } from '../../model/parameters.ts';

/** Parameters, and how many steps made them. */
export interface Weights {
  step: number;
  parameters: ParameterSet;
}

const maxSnapshots = 60;
const maxBytes = 16e6;

export class Snapshots {
  /** In the order of their steps; the first is where training begins. */
  #regular: Weights[];
  /** The latest pause, or the end. */
  #latest: Weights;
  readonly #most: number;
  #every = 1;

  constructor(initial: ParameterSet) {
    this.#regular = [{ step: 0, parameters: initial }];
    this.#latest = this.#regular[0];
    const bytes = Object.values(initial).reduce((sum, { values }) => sum + 8 * values.length, 0);
    // The initial and the latest weights are kept in any case.
    this.#most = Math.max(1, Math.min(maxSnapshots, Math.floor(maxBytes / bytes)) - 1);
  }

  get steps(): number[] {
    return this.#all.map(({ step }) => step);
  }

  get #all(): Weights[] {
    const last = this.#regular.findLastIndex(({ step }) => step < this.#latest.step) + 1;
    const rest = this.#regular.slice(last).filter(({ step }) => step > this.#latest.step);
    return [...this.#regular.slice(0, last), this.#latest, ...rest];
  }

  isDue(step: number): boolean {
    return this.#most > 1 && step % this.#every === 0;
  }

  /** Keeps them if they are due. */
  add(weights: Weights): void {
    if (!this.isDue(weights.step) || weights.step <= this.#regular.at(-1)!.step) return;
    while (this.#regular.length >= this.#most) {
      this.#every *= 2;
      this.#regular = this.#regular.filter(({ step }) => step % this.#every === 0);
      if (!this.isDue(weights.step)) return;
    }
    this.#regular.push(only(weights));
  }

  /** Keeps them until the next pause. */
  pause(weights: Weights): void {
    this.#latest = only(weights);
  }

  /** Of this step, or of the last recorded one before it. */
  at(step: number): Weights {
    return this.#all.findLast((one) => one.step <= step) ?? this.#regular[0];
  }
}

/** A state of training holds more. */
export const only = ({ step, parameters }: Weights): Weights => ({ step, parameters });
