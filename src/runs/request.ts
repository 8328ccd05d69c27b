/** What a run is asked to do beside its facts: where it leaves its files, whom it tells, from where it goes on. */
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import type { Model } from '../model/model.ts';
import type { TrainingOptions } from '../training/types.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import type { RunIdentity, RunFacts } from '../weights/run-record.ts';

export interface RunRequest extends RunFacts {
  data: DataRequest;
  /** Data that is loaded already; else the model's own dataset is loaded as `data` says. */
  dataset?: LoadedDataset;
  /** The run directory; a new one under `runs/` where left out. */
  out?: string;
  /** Replace the run that `out` holds; otherwise it is refused. */
  overwrite?: boolean;
  /** `false` leaves out report.html. */
  report?: boolean;
  /** How often the state is saved while training runs; never where left out. */
  checkpointEvery?: CheckpointEvery;
  /** Continue the interrupted run in `out`. `force`: although options or data differ. */
  resume?: { checkpoint: Checkpoint; force: boolean };
  hooks?: Pick<TrainingOptions, 'onEpoch' | 'onStep' | 'shouldStop'>;
  /** Called when data is loaded and training is about to begin. */
  onStart?: (dataset: LoadedDataset, out: string) => void | Promise<void>;
}

export type CheckpointEvery = { steps: number } | { seconds: number };

/** All that training needs. */
export interface LoadedRun {
  request: RunRequest;
  model: Model;
  dataset: LoadedDataset;
  identity: RunIdentity;
}
