/**
 * Early stopping: when validation has not improved for a while, the best weights so far are the result.
 */
import type { ParameterSet } from '../model/parameters.ts';
import type { BestEpoch, EpochRecord } from './types.ts';

export class EarlyStopping {
  readonly #patience: number;
  #best?: BestEpoch;

  /**
   * @param patience how many records without a lower validation loss are borne; 0 for never stopping early
   * @param best the best epoch so far, where training continues
   */
  constructor(patience: number, best?: BestEpoch) {
    this.#patience = patience;
    this.#best = best;
  }

  get best(): BestEpoch | undefined {
    return this.#best;
  }

  consider({ epoch, validationLoss }: EpochRecord, parameters: ParameterSet): void {
    if (this.#patience === 0 || validationLoss === undefined) return;
    if (validationLoss < (this.#best?.validationLoss ?? Infinity))
      this.#best = { epoch, validationLoss, parameters };
  }

  isOver(history: readonly EpochRecord[]): boolean {
    const best = this.#best;
    return best !== undefined && history.filter(({ epoch }) => epoch > best.epoch).length >= this.#patience;
  }
}
