/**
 * Divergence: the error that ends such a training, and the state to which the training rolls back.
 */
import { WorkError } from '../utils/errors.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { EpochRecord, TrainingResult, TrainingState } from './types.ts';

/** The loss or a parameter became NaN or infinite. */
export class DivergedError extends WorkError {
  /** The last good state, as if training had been interrupted there, with the records up to the divergence. */
  readonly result: TrainingResult;

  /** @param at the step, what was found, and the first parameter that holds NaN or ±Infinity, if any */
  constructor(at: { step: number; what: string; parameter?: string }, result: TrainingResult) {
    const { step, what, parameter } = at;
    super(
      `Training diverged at step ${step}: ${what}` +
        (parameter ? `, the first parameter with a bad value is ${parameter}` : '') +
        `. The last good weights are ${result.epochs > 0 ? `those of epoch ${result.epochs}` : 'the initial ones'}; ` +
        'a smaller --learning-rate usually helps.',
    );
    this.result = result;
  }

  get lastGood(): ParameterSet {
    return this.result.parameters;
  }

  get history(): EpochRecord[] {
    return this.result.history;
  }
}

/**
 * The state to roll back to when training diverges.
 *
 * Finite parameters are not enough: they are useless long before one of them overflows. The loss of a record does not
 * show it either, because it is the mean over the steps before. So a recorded state counts as good only if the next
 * step measures a loss no higher than the loss at the beginning of training.
 */
export class LastGoodState {
  #state: TrainingState;
  #candidate?: TrainingState;
  #initialLoss?: number;

  /** @param initial the state in which this training starts or resumes */
  constructor(initial: TrainingState) {
    this.#state = initial;
    this.#initialLoss = initial.history[0]?.loss;
  }

  /** Remembers a recorded state until the next step shows whether it is good. */
  propose(state: TrainingState): void {
    const optimizerTensors = Object.values(state.optimizer);
    if (optimizerTensors.every(({ values }) => values.every(Number.isFinite))) this.#candidate = state;
  }

  /** @param loss of a step, before its update */
  confirm(loss: number): void {
    this.#initialLoss ??= loss;
    if (this.#candidate && loss <= this.#initialLoss) this.#state = this.#candidate;
    this.#candidate = undefined;
  }

  /** The result as if training had been interrupted in the last good state. `history` may go on beyond it. */
  result(history: EpochRecord[]): Omit<TrainingResult, 'trainRows' | 'validationRows'> {
    const { parameters, epoch, step, seconds } = this.#state;
    const until = history.filter((record) => (record.step ? record.step <= step : record.epoch <= epoch));
    const interrupted = { ...this.#state, history: until };
    return { parameters, history, epochs: epoch, steps: step, seconds, interrupted };
  }
}
