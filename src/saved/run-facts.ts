/** What a run is asked to do and what comes of it. */
import type { BackendName } from '../backend/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { DataRequest, LoadedDataset } from '../core/data/dataset.ts';
import type { GradientSourceName } from '../core/gradients/index.ts';
import type { Metrics } from '../core/scoring/metrics.ts';
import type { Model } from '../core/model.ts';
import type { RunIdentity } from './identity.ts';
import type { TrainingOptions, TrainingResult } from '../core/training/types.ts';
import type { OptionValue, Recipe, ZooEntry } from '../core/entry.ts';

export interface RunRequest {
  entry: ZooEntry;
  /** The model's own options, complete. */
  options: Record<string, OptionValue>;
  asPrinted: boolean;
  recipe: Recipe;
  gradients: GradientSourceName;
  backend: BackendName;
  data: DataRequest;
  /** Data that is loaded already; else the model's own dataset is loaded as `data` says. */
  dataset?: LoadedDataset;
  /** The run directory; a new one under `runs/` unless given. */
  out?: string;
  /** `false` leaves out report.html. */
  report?: boolean;
  /** Every so many epochs a record is made. */
  recordEvery: number;
  /** How often the state is saved while training runs; never unless given. */
  checkpointEvery?: CheckpointEvery;
  /** Continue the interrupted run in `out`. `force`: although options or data differ. */
  resume?: { checkpoint: Checkpoint; force: boolean };
  hooks?: Pick<TrainingOptions, 'onEpoch' | 'onStep' | 'shouldStop'>;
  /** Called when data is loaded and training is about to begin. */
  onStart?: (dataset: LoadedDataset, out: string) => void;
}

export type CheckpointEvery = { steps: number } | { seconds: number };

/** All that training needs. */
export interface LoadedRun {
  request: RunRequest;
  model: Model;
  dataset: LoadedDataset;
  identity: RunIdentity;
}

/** `interrupted`: it can be resumed; `diverged`: what is saved are the last good weights. */
export type RunStatus = 'complete' | 'interrupted' | 'diverged';

export interface RunReport {
  request: RunRequest;
  model: Model;
  identity: RunIdentity;
  dataset: LoadedDataset;
  status: RunStatus;
  result: TrainingResult;
  metrics: { train: Metrics; validation?: Metrics; test: Metrics };
  out: string;
}
