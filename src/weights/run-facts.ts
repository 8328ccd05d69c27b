/** What was run and what came of it: the facts that files and pictures tell. */
import type { BackendName } from '../backend/index.ts';
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import type { ZooEntry } from '../model/entry.ts';
import type { Model } from '../model/model.ts';
import type { ParameterSet } from '../model/parameters.ts';
import type { Metrics } from '../evaluation/metrics.ts';
import type { Settings } from '../training/settings.ts';
import type { TrainingResult } from '../training/types.ts';
import type { RunIdentity } from './identity.ts';

export interface RunFacts extends Settings {
  entry: ZooEntry;
  backend: BackendName;
  /** Where training begins, if not at the model's initial parameters; a run that is resumed needs no parameters. */
  start?: NonNullable<RunIdentity['start']> & { parameters?: ParameterSet };
  /** Where its data was looked for. */
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own'>;
}

/** `mnist`, or `gate (xor)`: the gate says what was learned. */
export const titleOf = (model: string, options: Record<string, unknown>): string =>
  'gate' in options ? `${model} (${String(options.gate)})` : model;

/** `interrupted`: it can be resumed; `diverged`: what is saved are the last good weights. */
export type RunStatus = 'complete' | 'interrupted' | 'diverged';

export interface RunReport {
  request: RunFacts;
  model: Model;
  identity: RunIdentity;
  dataset: LoadedDataset;
  status: RunStatus;
  result: TrainingResult;
  metrics: { train: Metrics; validation?: Metrics; test: Metrics };
  out: string;
}
