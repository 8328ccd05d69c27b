/**
 * What goes into training and what comes out; `train.ts` holds the loop itself.
 */
import { WorkError } from '../utils/errors.ts';
import type { GradientSource } from '../model/gradients.ts';
import type { Parameters } from '../model/model.ts';
import type { OptimizerState } from './optimizers.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { RandomStateSnapshot } from '../utils/random.ts';
import type { Recipe } from '../model/recipe.ts';

export interface EpochRecord {
  /** Counted from 1. */
  epoch: number;
  /** Mean over the epoch's steps, each before its update. */
  loss: number;
  /** Share of the epoch's rows that were predicted right, each before its step; a regression has none. */
  accuracy?: number;
  validationLoss?: number;
  validationAccuracy?: number;
  /** Of training, since it began. */
  seconds: number;
}

export interface BestEpoch {
  epoch: number;
  validationLoss: number;
  parameters: ParameterSet;
}

/** Everything that training continues from; plain data. */
export interface TrainingState {
  /** Epochs that are complete. */
  epoch: number;
  /** Steps of the current epoch that are done. */
  stepInEpoch: number;
  /** Σ loss·rows over those steps. */
  lossInEpoch: number;
  /** Rows of those steps that were predicted right. */
  rightInEpoch: number;
  /** Steps since training began. */
  step: number;
  parameters: ParameterSet;
  optimizer: OptimizerState;
  /** As it was before the current epoch was shuffled. */
  random: RandomStateSnapshot;
  history: EpochRecord[];
  best?: BestEpoch;
  seconds: number;
}

export interface TrainingOptions {
  recipe: Recipe;
  gradients: GradientSource;
  classes: number;
  /** Every so many epochs a record is made, and after the last one; without it 1. */
  recordEvery?: number;
  onEpoch?: (record: EpochRecord, parameters: Parameters) => void;
  /** After every step; must be quick. */
  onStep?: (step: { epoch: number; step: number; stepsPerEpoch: number; loss: number }) => void;
  /** Asked after every step; `true` ends training there, cleanly. */
  shouldStop?: () => boolean;
  /** Asked after every step; where it returns `true`, `onCheckpoint` gets the state. */
  checkpointDue?: (step: number, epochEnded: boolean) => boolean;
  onCheckpoint?: (state: TrainingState) => void | Promise<void>;
  /** Begin with these instead of with the model's initial parameters. */
  start?: ParameterSet;
  /** Continue from here instead of from the beginning. */
  resumeFrom?: TrainingState;
}

export interface TrainingResult {
  parameters: ParameterSet;
  history: EpochRecord[];
  /** Complete epochs and steps since training began. */
  epochs: number;
  steps: number;
  seconds: number;
  trainRows: number;
  validationRows: number;
  /** Which rows of `data.train` trained and which were set aside to validate, where the data has no others for that. */
  setAside?: { training: Int32Array; validation: Int32Array };
  /** The epoch whose weights early stopping restored. */
  restoredEpoch?: number;
  /** Set when training ended before its time, by `shouldStop` or as it diverged; it can continue from there. */
  interrupted?: TrainingState;
}

/** Training met a number that is not finite. */
export class DivergedError extends WorkError {
  /** Where training was when its weights were last good, as if it had been interrupted there, and all its records. */
  readonly result: TrainingResult;

  /** @param at the step, what was seen there, and the name of the first tensor with a bad value */
  constructor(at: { step: number; what: string; culprit?: string }, result: TrainingResult) {
    const { step, what, culprit } = at;
    super(
      `Training diverged at step ${step}: ${what}` +
        (culprit ? `, the first tensor with a bad value is ${culprit}` : '') +
        `. The last good weights are ${result.epochs > 0 ? `those of epoch ${result.epochs}` : 'the initial ones'}; ` +
        'a smaller --learning-rate usually helps.',
    );
    this.result = result;
  }

  get lastGood(): ParameterSet {
    return this.result.parameters;
  }

  /** All records, up to the one before training diverged. */
  get history(): EpochRecord[] {
    return this.result.history;
  }
}
