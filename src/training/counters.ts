import type { TrainingState } from './types.ts';

type Counted = Pick<TrainingState, 'epoch' | 'stepInEpoch' | 'lossInEpoch' | 'rightInEpoch' | 'step'>;

/** Where training is, and what the steps of the current epoch have come to. */
export class Counters {
  #at: Counted;

  /** @param from where it continues; the beginning where that is left out */
  constructor(from: Counted = { epoch: 0, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0, step: 0 }) {
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = from;
    this.#at = { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step };
  }

  /** Epochs that are complete. */
  get epoch(): number {
    return this.#at.epoch;
  }

  /** Steps of the current epoch that are done. */
  get stepInEpoch(): number {
    return this.#at.stepInEpoch;
  }

  /** Steps since training began. */
  get step(): number {
    return this.#at.step;
  }

  /** @param loss of the step, mean over its rows */
  countStep(loss: number, rows: number): void {
    this.#at.step++;
    this.#at.stepInEpoch++;
    this.#at.lossInEpoch += loss * rows;
  }

  /** @param rows of a step that were predicted right */
  countRight(rows: number): void {
    this.#at.rightInEpoch += rows;
  }

  /** Means over the rows of the epoch that ends here. */
  endEpoch(rows: number): { loss: number; accuracy: number } {
    const { epoch, lossInEpoch, rightInEpoch, step } = this.#at;
    this.#at = { epoch: epoch + 1, stepInEpoch: 0, lossInEpoch: 0, rightInEpoch: 0, step };
    return { loss: lossInEpoch / rows, accuracy: rightInEpoch / rows };
  }

  /** A copy; written out, for a spread takes longer than all else that is done with it. */
  state(): Counted {
    const { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step } = this.#at;
    return { epoch, stepInEpoch, lossInEpoch, rightInEpoch, step };
  }
}
