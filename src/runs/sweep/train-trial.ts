/**
 * One trial's training, in a worker thread.
 */
import { datasetFor } from '../../../datasets/index.ts';
import { useBackend, type BackendName } from '../../backend/index.ts';
import { type DataRequest, type LoadedDataset } from '../../data/dataset.ts';
import type { ModelDefinition } from '../../model/definition.ts';
import { mainScores } from '../../evaluation/regression.ts';
import { fit, scoreRun } from '../../estimator/fit.ts';
import { definitionNamed } from '../user-models.ts';
import { silent } from '../../utils/progress.ts';
import { loadRun, partLoader } from '../run.ts';
import type { RunReport } from '../../weights/run-record.ts';
import type { Settings } from '../../training/settings.ts';
import type { TrialResult } from './trial-file.ts';

export interface TrialJob {
  id: string;
  model: string;
  settings: Settings;
  backend: BackendName;
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own' | 'cacheDir'>;
  /** Shared with the main thread: see {@link makeSharedProgress}. */
  sharedProgress: Int32Array;
  /** Index in sharedProgress where this trial stores how much of it is done. */
  place: number;
}

/**
 * What the threads share: at 0 whether to stop, then for every trial how many thousandths of it are done. Written and
 * read without messages, so that a training step costs nothing.
 */
export const makeSharedProgress = (trials: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(4 * (trials + 1)));

/** Undefined where the trial was stopped before its end. */
export async function trainTrial(job: TrialJob): Promise<TrialResult | undefined> {
  const { id, model, settings, sharedProgress, place } = job;
  const { name: backend } = await useBackend(job.backend);
  const definition = await definitionNamed(model);
  const { epochs, steps } = settings.recipe;
  const loaded = await loadRun({
    ...settings,
    definition,
    backend,
    data: { ...job.data, seed: settings.recipe.seed, options: settings.options, progress: silent },
    dataset: await loadOnce(definition, job),
    hooks: {
      onStep: ({ epoch, step, stepsPerEpoch }) => {
        const done = (epoch - 1) * stepsPerEpoch + step;
        Atomics.store(sharedProgress, place, Math.floor((1000 * done) / (steps || epochs * stepsPerEpoch)));
      },
      shouldStop: () => Atomics.load(sharedProgress, 0) !== 0,
    },
  });
  const { status, result, diverged } = await fit(loaded, partLoader(loaded.request));
  if (status === 'interrupted') return undefined;
  const { dataset, modelFile } = loaded.identity;
  const { name, source, fingerprint, standIn, files, own } = dataset;
  const metrics = diverged ? undefined : scoresOf(scoreRun(loaded, result));
  const finite = metrics && Object.values(metrics).every(({ loss }) => Number.isFinite(loss));
  return {
    id,
    status: finite ? 'complete' : 'diverged',
    message: diverged?.message ?? (finite ? undefined : 'The loss is not finite at the end.'),
    backend,
    dataset: {
      ...{ name, source, fingerprint, standIn: standIn !== undefined, files },
      ...(own && { classNames: loaded.dataset.classNames }),
    },
    ...(modelFile && { modelFile }),
    epochs: result.epochs,
    seconds: result.seconds,
    metrics: finite ? metrics : undefined,
    history: result.history.filter(({ loss, validationLoss = 0 }) => Number.isFinite(loss + validationLoss)),
  };
}

function scoresOf({ train, validation, test }: RunReport['metrics']): NonNullable<TrialResult['metrics']> {
  return {
    train: mainScores(train),
    ...(validation && { validation: mainScores(validation) }),
    test: mainScores(test),
  };
}

let kept: { key: string; dataset: Promise<LoadedDataset> } | undefined;

/** The data of this thread's last trial, if this one wants the same. */
function loadOnce(definition: ModelDefinition, { settings, data }: TrialJob): Promise<LoadedDataset> {
  const { seed } = settings.recipe;
  const key = JSON.stringify([definition.dataset, seed, settings.options, data]);
  if (kept?.key !== key) {
    const request = { ...data, seed, options: settings.options, progress: silent };
    kept = { key, dataset: datasetFor(definition, data).load(request) };
  }
  return kept.dataset;
}
