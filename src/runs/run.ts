/**
 * One run from beginning to end: load data, train, score, and leave a run directory.
 */
import { InputError } from '../utils/errors.ts';
import { removeAbandonedFiles } from '../node/files.ts';
import { resume } from './resumption.ts';
import { makeRunDirectory } from './directory.ts';
import { removeCheckpoint, rescue, savePictures, saveRecord, writeCheckpoint } from './save.ts';
import { presentIn } from './load.ts';
import { lockRunDirectory, type RunLock } from './lock.ts';
import { loadRun, scoreRun, trainRun } from './stages.ts';
import type { RunReport, RunFileHash } from '../weights/run-record.ts';
import type { CheckpointEvery, LoadedRun, RunRequest } from './request.ts';
import type { TrainingState } from '../training/types.ts';

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
  const out = await makeRunDirectory(request.entry.name, request.out);
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
  const { status, result, diverged } = await trainRun(loaded, {
    resumeFrom,
    checkpointDue: request.checkpointEvery && dueEvery(request.checkpointEvery),
    // A disk that is full now may not be when training ends, and the last checkpoint still stands.
    onCheckpoint: (state) =>
      checkpoint(state).catch((error: Error) => progress.note(`No checkpoint: ${error.message}`)),
  });
  // First what cannot be had again.
  if (result.interrupted)
    await checkpoint(result.interrupted).catch((error: Error) => progress.note(error.message));
  const metrics = scoreRun(loaded, result);
  const report: RunReport = { request, model, identity, dataset, status, result, metrics, out };
  let files: RunFileHash[];
  try {
    await lock.check();
    files = await saveRecord(report);
  } catch (error) {
    (error as Error).message += await rescue(report);
    throw error;
  }
  await savePictures(report, files, request.report).catch((error: Error) =>
    progress.note(`The run is saved, but not all of its pictures: ${error.message}`),
  );
  if (status === 'complete') await removeCheckpoint(out);
  if (!diverged) return report;
  diverged.message += ` They are saved in ${out}; --resume with --force-resume and another rate goes on from there.`;
  throw diverged;
}

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
