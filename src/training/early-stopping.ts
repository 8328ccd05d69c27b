import type { ParameterSet } from '../model/parameters.ts';
import type { BestEpoch, EpochRecord } from './types.ts';

/** Ends training when the validation loss stops improving, and remembers the parameters with the lowest one. */
export class EarlyStopping {
  readonly #patience: number;
  #best?: BestEpoch;

  /**
   * @param patience records without a lower validation loss after which training ends; 0 turns early stopping off
   * @param best the best epoch so far, when training resumes
   */
  constructor(patience: number, best?: BestEpoch) {
    this.#patience = patience;
    this.#best = best;
  }

  /** Undefined when early stopping is off or nothing has been validated yet. */
  get best(): BestEpoch | undefined {
    return this.#best;
  }

  /** @param parameters those that were validated; kept, not copied */
  update({ epoch, validationLoss }: EpochRecord, parameters: ParameterSet): void {
    if (this.#patience === 0 || validationLoss === undefined) return;
    if (validationLoss < (this.#best?.validationLoss ?? Infinity)) {
      this.#best = { epoch, validationLoss, parameters };
    }
  }

  shouldStop(history: readonly EpochRecord[]): boolean {
    const best = this.#best;
    if (!best) return false;
    const recordsSinceBest = history.filter(({ epoch }) => epoch > best.epoch).length;
    return recordsSinceBest >= this.#patience;
  }
}
