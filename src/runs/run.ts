/**
 * A run: its data is loaded, its model is trained, and the results are saved in a directory, under a lock. Interrupted runs
 * resume, and weights that cannot be saved in the directory are saved elsewhere.
 */
import { datasetFor, datasets } from '../../datasets/index.ts';
import type { DataRequest, LoadedDataset } from '../data/dataset.ts';
import { createModel, fit, type LoadDataset, scoreRun } from '../estimator/fit.ts';
import { withSamples } from '../estimator/samples.ts';
import { baselinesOf } from '../evaluation/ngrams.ts';
import type { Model } from '../model/model.ts';
import { environment } from '../node/environment.ts';
import { removeAbandonedFiles } from '../node/files.ts';
import { fingerprintOf } from '../node/data-request.ts';
import {
  makeRunDirectory,
  removeCheckpoint,
  rescue,
  savePictures,
  saveRecord,
  writeCheckpoint,
} from './save.ts';
import { presentIn } from './load.ts';
import { lockRunDirectory, type RunLock } from './lock.ts';
import { resume } from './resumption.ts';
import type { TrainingOptions, TrainingResult, TrainingState } from '../training/types.ts';
import { InputError } from '../utils/errors.ts';
import { RandomState } from '../utils/random.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import {
  namesOf,
  type RunFacts,
  type RunFileHash,
  type RunIdentity,
  type RunReport,
} from '../weights/run-record.ts';
import { checkParameters } from '../weights/weights.ts';

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

export function identityOf(request: RunRequest, dataset: LoadedDataset): RunIdentity {
  const { definition, options, asPrinted, gradients, backend, recipe, recordEvery, start } = request;
  const { name, source, standIn, files, own } = dataset;
  const fingerprint = fingerprintOf(dataset);
  return {
    model: definition.name,
    ...(definition.file && { modelFile: definition.file }),
    ...(start && { start: { file: start.file, sha256: start.sha256 } }),
    options,
    asPrinted,
    dataset: { name, source, standIn, files, ...(own && { own }), fingerprint },
    gradients,
    backend,
    recipe,
    recordEvery,
    names: namesOf(dataset),
    environment: environment(),
  };
}

/** @throws InputError for bad options or data */
export async function loadRun(request: RunRequest): Promise<LoadedRun> {
  const dataset = request.dataset ?? (await loadDataset(request));
  const model = createModel(request, dataset);
  const { start } = request;
  if (start?.parameters) {
    const { features } = dataset.train;
    const shape = { features, classes: dataset.classNames.length, random: new RandomState(0) };
    checkParameters(start.parameters, model.initial(shape), start.file);
  }
  return { request, model, dataset, identity: identityOf(request, dataset) };
}

type DataOfRun = Pick<RunRequest, 'definition' | 'data' | 'recipe'>;

/** The model's own dataset or the user's, by the seed of the run. @throws InputError */
export const loadDataset = ({ definition, data, recipe }: DataOfRun): Promise<LoadedDataset> =>
  datasetFor(definition, data).load({ ...data, seed: recipe.seed });

/** Loads the datasets of a composed model's parts from where the run has its data. */
export const partLoader =
  ({ data }: Pick<RunRequest, 'data'>): LoadDataset =>
  (name, options, seed) =>
    datasets[name].load({ ...data, seed, options });

/**
 * Trains, and saves what comes of it; an interrupted run saves a checkpoint as well.
 *
 * @throws InputError for bad options, data, a directory that is in use or cannot be written, before anything is written
 * @throws DivergedError when training diverges; the last good weights are saved first
 */
export async function run(request: RunRequest): Promise<RunReport> {
  const loaded = await loadRun(request);
  const { resume: from } = request;
  const resumed = from && resume(from.checkpoint, loaded.identity, loaded.model, loaded.dataset, from.force);
  if (resumed?.changes.length) loaded.identity.changes = resumed.changes;
  const out = await makeRunDirectory(request.definition.name, request.out);
  const lock = await lockRunDirectory(out);
  try {
    if (!resumed && !request.overwrite) await refuseToOverwrite(out);
    await removeAbandonedFiles(out);
    resumed?.notes.forEach((note) => request.data.progress.note(note));
    await request.onStart?.(loaded.dataset, out);
    return await trainAndSave(loaded, out, lock, resumed?.state);
  } finally {
    await lock.release();
  }
}

/** @throws InputError that says what stands in the directory */
async function refuseToOverwrite(out: string): Promise<void> {
  const present = await presentIn(out);
  if (!present) return;
  const ways = {
    unfinished: 'continue it with --resume, choose another --out, or replace it with --overwrite',
    finished: 'choose another --out, or replace it with --overwrite',
    sweep: 'choose another --out',
  };
  throw new InputError(`${out} holds ${present.what}: ${ways[present.kind]}.`);
}

async function trainAndSave(
  loaded: LoadedRun,
  out: string,
  lock: RunLock,
  resumeFrom?: TrainingState,
): Promise<RunReport> {
  const { request, model, identity, dataset } = loaded;
  const { data, dataDir, own, progress } = request.data;
  const checkpoint = async (state: TrainingState) => {
    await lock.check();
    await writeCheckpoint(out, { run: identity, data: { data, dataDir, ...(own && { own }) }, state });
  };
  const noCheckpoint = (error: Error) => progress.note(`No checkpoint: ${error.message}`);
  const { status, result, diverged } = await fit(withSamples(loaded), partLoader(request), {
    resumeFrom,
    checkpointDue: request.checkpointEvery && dueEvery(request.checkpointEvery),
    // A disk that is full now may not be when training ends, and the last checkpoint still stands.
    onCheckpoint: (state) => checkpoint(state).catch(noCheckpoint),
  });
  // First what cannot be had again.
  if (result.interrupted) await checkpoint(result.interrupted).catch(noCheckpoint);
  const scored = model.task === 'next-token' ? heldTokens(dataset) : 0;
  if (scored > manyTokens) {
    progress.note(`Scoring ${scored} held-back characters, which may take minutes.`);
  }
  const metrics = scoresOf(loaded, result);
  const report: RunReport = { request, model, identity, dataset, status, result, metrics, out };
  let files: RunFileHash[];
  try {
    await lock.check();
    files = await saveRecord(report);
  } catch (error) {
    (error as Error).message += await rescue(report);
    if (!diverged) throw error;
    diverged.message += ` They are not saved in ${out}: ${(error as Error).message}.`;
    throw diverged;
  }
  await savePictures(report, files, request.report).catch((error: Error) =>
    progress.note(`The run is saved, but not all of its pictures: ${error.message}`),
  );
  if (status === 'complete') {
    await removeCheckpoint(out).catch((error: Error) =>
      progress.note(`The run is saved, but its checkpoint is still there: ${error.message}`),
    );
  }
  if (!diverged) return report;
  diverged.message += ` They are saved in ${out}; --resume with --force-resume and another rate goes on from there.`;
  throw diverged;
}

const manyTokens = 1e6;

const heldTokens = ({ validation, test }: LoadedDataset): number =>
  [validation, test].reduce((sum, part) => sum + (part ? part.rows * part.features : 0), 0);

/** Scores, and of a model of tokens what they are to be compared with. */
export const scoresOf = (loaded: LoadedRun, result: TrainingResult): RunReport['metrics'] => ({
  ...scoreRun(loaded, result),
  ...(loaded.model.task === 'next-token' && { baselines: baselinesOf(loaded.dataset) }),
});

/** For `checkpointDue`: after so many steps, or at the first step after so many seconds. */
function dueEvery(every: CheckpointEvery): (step: number) => boolean {
  if ('steps' in every) return (step) => step % every.steps === 0;
  let savedAt = performance.now();
  return () => {
    if (performance.now() - savedAt < every.seconds * 1000) return false;
    savedAt = performance.now();
    return true;
  };
}
