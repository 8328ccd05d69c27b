/**
 * The files that a run leaves, and what stands in them.
 */
import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { weightsJson } from '../estimator/train.ts';
import { checkedOptions, type ModelDefinition } from '../model/definition.ts';
import { fileError, makeDirectory, readText, sha256, writeFileAtomically } from '../node/files.ts';
import { localTime } from './load.ts';
import { picturesOf, pictureNames, reportName } from '../reports/pictures/run-pictures.ts';
import { namedBaselines } from '../evaluation/ngrams.ts';
import { InputError, WorkError } from '../utils/errors.ts';
import {
  type Checkpoint,
  formatCheckpoint,
  parseCheckpoint,
  unfitForCheckpoint,
} from '../weights/checkpoint.ts';
import { type RunFileHash, type RunReport, runText, titleOf } from '../weights/run-record.ts';

export const checkpointName = 'checkpoint.json';

/** What a run may leave beside its records. */
export const picturesOfRuns = [
  ...['learning-curve', ...pictureNames].flatMap((name) => [`${name}.svg`, `${name}.png`]),
  reportName,
];

/** @param files that the run has left beside it */
export const runJson = (report: RunReport, files?: RunFileHash[]): string => runText(report, sha256, files);

/** Writes a file of a run. @returns what run.json says of it */
async function write(out: string, name: string, content: string | Uint8Array): Promise<RunFileHash> {
  await writeFileAtomically(join(out, name), content);
  return { name, bytes: Buffer.byteLength(content), sha256: sha256(content) };
}

/** Writes what a run has to tell: weights.json, then run.json. @returns the files that run.json lists */
export async function saveRecord(report: RunReport): Promise<RunFileHash[]> {
  const files = [await write(report.out, 'weights.json', weightsJson(report))];
  await write(report.out, 'run.json', runJson(report, files));
  return files;
}

/**
 * Draws a run that is recorded already, and lists its pictures in run.json.
 *
 * @param files that are listed already
 * @param withPage whether report.html is to be there, too
 */
export async function savePictures(
  report: RunReport,
  files: readonly RunFileHash[],
  withPage = true,
): Promise<void> {
  const drawn: RunFileHash[] = [];
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  // Those that an earlier run left in this directory would not be of these weights.
  for (const name of picturesOfRuns) await remove(report.out, name).catch(onFailure);
  await draw(report, withPage, async (name, content) => {
    drawn.push(await write(report.out, name, content));
  }).catch(onFailure);
  await write(report.out, 'run.json', runJson(report, [...files, ...drawn])).catch(onFailure);
  if (failures.length > 0) throw failures[0];
}

const remove = (out: string, name: string): Promise<void> =>
  rm(join(out, name), { force: true }).catch((error: unknown) => {
    throw fileError(error, 'remove', join(out, name));
  });

/** Names of the pictures that a run leaves, report.html apart. */
export const pictureFiles = (report: RunReport): string[] =>
  ['learning-curve', ...Object.keys(picturesOf(report))].flatMap((name) => [`${name}.svg`, `${name}.png`]);

async function draw(
  report: RunReport,
  withPage: boolean,
  write: (name: string, content: string | Uint8Array) => Promise<void>,
): Promise<void> {
  const { drawLearningCurve } = await import('../reports/pictures/line-chart.ts');
  const { toPng } = await import('../reports/pictures/echarts.ts');
  const { definition, options, gradients, backend } = report.request;
  const title = `${titleOf(definition.name, options)}: ${gradients} gradients on ${backend}`;
  const { baselines } = report.metrics;
  const curve = await drawLearningCurve(title, report.result.history, baselines && namedBaselines(baselines));
  await write('learning-curve.svg', curve);
  await write('learning-curve.png', await toPng(curve));
  const pictures: Record<string, Uint8Array> = {};
  for (const [name, draw] of Object.entries(picturesOf(report))) {
    const drawing = await draw();
    pictures[name] = await toPng(drawing, name === 'weights' ? 1 : 2);
    await write(`${name}.svg`, drawing);
    await write(`${name}.png`, pictures[name]);
  }
  if (withPage) {
    const { runReport } = await import('../reports/run-report.ts');
    await write(reportName, await runReport(report, pictures));
  }
}

/**
 * When a run cannot be saved in its place: puts weights.json and run.json into another directory, for training may
 * have taken hours.
 *
 * @returns a clause that says where they are, or that they are nowhere
 */
export async function rescue(report: RunReport): Promise<string> {
  for (const place of [tmpdir, () => process.cwd(), homedir]) {
    let out: string | undefined;
    try {
      out = await mkdtemp(join(place(), 'backprop-zoo-rescued-'));
      await saveRecord({ ...report, out });
      return `; the trained weights are in ${out} instead`;
    } catch {
      // The next place may be better.
      if (out !== undefined) await rm(out, { recursive: true, force: true }).catch(() => {});
    }
  }
  return '; the trained weights could not be saved in another directory either';
}

/** @throws WorkError where the state has a number that JSON cannot hold, or the disk fails */
export async function writeCheckpoint(
  out: string,
  content: Pick<Checkpoint, 'run' | 'data' | 'state'>,
): Promise<void> {
  const unfit = unfitForCheckpoint(content.state);
  if (unfit) throw new WorkError(`the state of training cannot be saved, ${unfit} is not finite`);
  const text = formatCheckpoint({ format: 'backprop-zoo/checkpoint', version: 1, ...content });
  await writeFileAtomically(join(out, checkpointName), text);
}

/** A complete run is in its other files; a checkpoint beside them would only invite to resume it. */
export const removeCheckpoint = (out: string): Promise<void> => remove(out, checkpointName);

/**
 * Reads the checkpoint of a run of a model.
 *
 * @throws InputError when it is missing, malformed, or of another model
 */
export async function readCheckpoint(directory: string, definition: ModelDefinition): Promise<Checkpoint> {
  const text = await readText(join(directory, checkpointName), 400e6).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `Nothing to resume in ${directory}: ${error.message}. A complete run has no checkpoint.`,
    );
  });
  const checkpoint = parseCheckpoint(text, checkpointName);
  const { model, options } = checkpoint.run;
  if (model !== definition.name) {
    throw new InputError(`The run in ${directory} trains the model ${model}, not ${definition.name}.`);
  }
  checkpoint.run.options = checkedOptions(definition, options, checkpointName);
  return checkpoint;
}

/** `2026-11-21T02-30-05`, in local time, fit for file names everywhere. */
const timestamp = (): string => localTime(new Date()).slice(0, 19).replaceAll(':', '-');

/**
 * Makes the directory of a run: `out` where given, else a new `runs/<model>-<time>` that no other run has.
 *
 * @throws InputError when it cannot be made or written to
 */
export async function makeRunDirectory(model: string, out?: string): Promise<string> {
  const directory = resolve(out ?? 'runs');
  try {
    await makeDirectory(directory);
    await access(directory, constants.W_OK);
  } catch (error) {
    throw fileError(error, 'write to', out ?? directory);
  }
  return out === undefined ? makeNew(join(directory, `${model}-${timestamp()}`)) : directory;
}

async function makeNew(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      await mkdir(candidate);
      return candidate;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(error, 'make', candidate);
    }
  }
}
