/**
 * The state to which training can go back when it diverges.
 *
 * Weights are of no use long before a number in them stops being finite, and the loss of a record is that of steps
 * which were made before its weights came to be. So the state of a record counts as good only when the step after it
 * finds a loss that is not above the one which training began with.
 */
import type { EpochRecord, TrainingResult, TrainingState } from './types.ts';

export class LastGood {
  #state: TrainingState;
  #next?: TrainingState;
  #lossAtBeginning?: number;

  /** @param beginning where this training begins or continues */
  constructor(beginning: TrainingState) {
    this.#state = beginning;
    this.#lossAtBeginning = beginning.history[0]?.loss;
  }

  /** What training had come to then, as if it had been interrupted there, and all records until now. */
  result(history: EpochRecord[]): Omit<TrainingResult, 'trainRows' | 'validationRows'> {
    const { parameters, epoch, step, seconds } = this.#state;
    const until = history.filter((record) => record.epoch <= epoch);
    const interrupted = { ...this.#state, history: until };
    return { parameters, history, epochs: epoch, steps: step, seconds, interrupted };
  }

  /** The state of a new record; the next step will tell whether it is good. */
  consider(state: TrainingState): void {
    const memory = Object.values(state.optimizer);
    if (memory.every(({ values }) => values.every(Number.isFinite))) this.#next = state;
  }

  /** @param loss of a step, before its update */
  judge(loss: number): void {
    this.#lossAtBeginning ??= loss;
    if (this.#next && loss <= this.#lossAtBeginning) this.#state = this.#next;
    this.#next = undefined;
  }
}
