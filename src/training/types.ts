/**
 * The data types of a training: what it takes, what it records, what it returns.
 */
import type { GradientSource } from '../model/gradients.ts';
import type { Parameters } from '../model/model.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { RandomStateSnapshot } from '../utils/random.ts';
import type { Recipe } from '../model/recipe.ts';
import type { OptimizerState } from './optimizers.ts';

export interface TrainingOptions {
  recipe: Recipe;
  gradients: GradientSource;
  /** Classes in the data; 1 for a regression. */
  classes: number;
  /** Epochs between records, or steps where the recipe counts steps; the last one is always recorded. Default: 1. */
  recordEvery?: number;
  /**
   * Called after each record, and awaited; an error ends the training. Work on another backend waits for the end of the training,
   * so it must not be awaited here.
   */
  onEpoch?: (record: EpochRecord, parameters: Parameters) => unknown;
  /** Called after each step, so it must be fast; awaited, and an error ends the training. */
  onStep?: (step: { epoch: number; step: number; stepsPerEpoch: number; loss: number }) => unknown;
  /** Called after each step; training ends there if it returns true. */
  shouldStop?: () => boolean;
  /** Called after each step; `onCheckpoint` gets the state if it returns true. */
  checkpointDue?: (step: number, epochEnded: boolean) => boolean;
  onCheckpoint?: (state: TrainingState) => void | Promise<void>;
  /** Start from these parameters instead of the model's initial ones. */
  start?: ParameterSet;
  /** Continue from this state, bit for bit as if training had not been interrupted. */
  resumeFrom?: TrainingState;
}

export interface EpochRecord {
  /** Counted from 1; a fraction where the recipe counts steps. */
  epoch: number;
  /** Completed steps, where the recipe counts steps. */
  step?: number;
  /** Mean loss over the rows since the record before or of the epoch, each measured before the step that used it. */
  loss: number;
  /** Share of the epoch's rows that were predicted correctly, before their step. Undefined for a regression. */
  accuracy?: number;
  validationLoss?: number;
  validationAccuracy?: number;
  /** Of a model of tokens: texts that it made then, at some of the records. */
  samples?: string[];
  /** Training time since the beginning. */
  seconds: number;
}

export interface BestEpoch {
  epoch: number;
  validationLoss: number;
  parameters: ParameterSet;
}

/** Everything that training needs to continue. Plain data, so that checkpoints can hold it. */
export interface TrainingState {
  /** Completed epochs. */
  epoch: number;
  /** Completed steps of the current epoch. */
  stepInEpoch: number;
  /** Σ loss · targets over these steps; where the recipe counts steps, over those since the last record. */
  lossInEpoch: number;
  /** Targets of the same steps that were predicted correctly. */
  rightInEpoch: number;
  /** How many targets these steps had; earlier versions left it out, when each row had one. */
  targetsInEpoch?: number;
  /** Completed steps since the beginning. */
  step: number;
  parameters: ParameterSet;
  optimizer: OptimizerState;
  /** The random generator before the current epoch was shuffled. */
  random: RandomStateSnapshot;
  history: EpochRecord[];
  best?: BestEpoch;
  seconds: number;
}

export interface TrainingResult {
  parameters: ParameterSet;
  history: EpochRecord[];
  /** Completed epochs since the beginning. */
  epochs: number;
  /** Completed steps since the beginning. */
  steps: number;
  seconds: number;
  trainRows: number;
  validationRows: number;
  /** Row numbers of `data.train`, if some of them were set aside for validation. */
  setAside?: { training: Int32Array; validation: Int32Array };
  /** The epoch whose parameters early stopping restored. */
  restoredEpoch?: number;
  /** The state to resume from, if `shouldStop` or a divergence ended the training. */
  interrupted?: TrainingState;
}
