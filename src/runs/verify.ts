/**
 * Repeats a run from its run.json and compares all that its directory holds with what comes out, byte by byte.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { models } from '../../models/index.ts';
import type { DataRequest } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';
import { checkedOptions, type ModelFile } from '../model/definition.ts';
import type { ParameterSet } from '../model/parameters.ts';
import { sanitizeForTerminal } from '../utils/text.ts';
import { fileError, readLimited, readText, sha256 } from '../node/files.ts';
import {
  describeDifferences,
  environmentDifferences,
  type Difference,
  pagePlatform,
  type RunFileHash,
  type RunReport,
  parseRun,
  runLimits,
  type RunFile,
} from '../weights/run-record.ts';
import { type JsonLimits, parseJson } from '../weights/json.ts';
import { weightsFrom } from '../weights/saved-model.ts';
import { treeDifferences } from '../weights/comparison.ts';
import { weightsLimits } from '../weights/weights.ts';
import { maxRecordBytes, maxWeightsBytes } from './load.ts';
import { definitionOfRecord } from './user-models.ts';
import { type RunRequest, loadRun, partLoader, scoresOf } from './run.ts';
import { withSamples } from '../estimator/samples.ts';
import { checkpointName, pictureFiles, picturesOfRuns, runJson } from './save.ts';
import { fit } from '../estimator/fit.ts';
import { weightsJson } from '../estimator/train.ts';
import { sameStart } from './resumption.ts';

export interface Verification {
  /** Every file is what the run left and what its repetition gives. */
  verified: boolean;
  /** Each file of the directory that a run leaves. */
  files: FileVerdict[];
  weights: { name: string; same: boolean; maxAbsolute: number }[];
  /** Fields of run.json that differ, by their place. */
  differences: Difference[];
  /** Versions that are not those of the recorded run; a reason, not a fault. */
  environment: Difference[];
  /** What an earlier version computed otherwise. */
  reason?: string;
}

export interface FileVerdict {
  path: string;
  same: boolean;
  differs?: Difference[];
}

export interface RecordedRun {
  directory: string;
  run: RunFile;
  texts: { run: string; weights: string };
  parameters: ParameterSet;
  request: Omit<RunRequest, 'data'>;
}

/**
 * Reads what a run directory says that it did.
 *
 * @param own the file of a model that is not where the run says
 * @throws InputError when a file is missing or malformed, or the run did not come to its end
 */
export async function readRun(directory: string, own?: string): Promise<RecordedRun> {
  const texts = {
    run: await readText(join(directory, 'run.json'), maxRecordBytes, true),
    weights: await readText(join(directory, weightsName), maxWeightsBytes, true),
  };
  const run = parseRun(withoutMark(texts.run), 'run.json');
  if (run.status !== 'complete') {
    throw new InputError(`The run in ${directory} is ${run.status}; only a complete one can be repeated.`);
  }
  if (run.changes) {
    throw new InputError(
      `The run in ${directory} was resumed with --force-resume although ${describeDifferences(run.changes)}: it cannot be repeated.`,
    );
  }
  const { model, options, asPrinted, gradients, backend, recordEvery } = run;
  const ofUser = await definitionOfRecord(run, own, directory);
  if (!ofUser && !Object.hasOwn(models, model)) {
    throw new InputError(
      `run.json is of a model "${sanitizeForTerminal(model)}" that this zoo does not have.`,
    );
  }
  const definition = ofUser ? { ...ofUser, file: asRecorded(ofUser.file, run.modelFile) } : models[model];
  const saved = weightsFrom(withoutMark(texts.weights), weightsName, ofUser && definition);
  if (saved.definition !== definition) {
    throw new InputError(`weights.json is of the model ${saved.definition.name}, run.json of ${model}.`);
  }
  return {
    directory,
    run,
    texts,
    parameters: saved.parameters,
    request: {
      definition,
      options: checkedOptions(definition, options, 'run.json'),
      asPrinted,
      recipe: run.hyperParameters,
      gradients,
      backend,
      recordEvery,
      ...(run.start && { start: await sameStart(run.start, definition) }),
    },
  };
}

/**
 * A model's file at its recorded place: of one that is given in its place, the content is compared. Runs of earlier versions
 * say nothing of imported files.
 */
function asRecorded(file: ModelFile | undefined, recorded: ModelFile | undefined): ModelFile | undefined {
  if (!file || !recorded) return undefined;
  const { imports, ...main } = file;
  return { ...main, path: recorded.path, ...(recorded.imports && { imports }) };
}

const earlierAdam =
  'adam rounds otherwise since version 0.2.0: a run of an earlier version cannot be repeated to the last digit';

/**
 * @param recorded from `readRun`; its backend must be in use
 * @param data where to find the same data
 * @param elsewhere whether that is another place than the run had it from, on purpose
 * @throws InputError when the data is not the same, before anything is trained
 */
export async function verify(
  recorded: RecordedRun,
  data: DataRequest,
  hooks: RunRequest['hooks'] = {},
  elsewhere = false,
): Promise<Verification> {
  const { run, parameters, request } = recorded;
  const loaded = await loadRun({ ...request, data, hooks });
  const { dataset } = run;
  if (loaded.identity.dataset.fingerprint !== dataset.fingerprint) {
    throw new InputError(
      `The data is not that of the run, which was ${dataset.name} from source ${dataset.source}` +
        `${dataset.standIn ? ', synthetic' : ''}; give the same with --data and --data-dir.`,
    );
  }
  const { status, result } = await fit(withSamples(loaded), partLoader(loaded.request));
  const metrics = scoresOf(loaded, result);
  const repeated: RunReport = { ...loaded, status, result, metrics, out: recorded.directory };
  const others = (run.files ?? []).filter(({ name }) => name !== weightsName);
  const drawn = run.environment.platform === pagePlatform ? [] : pictureFiles(repeated);
  const files = [
    ...compareRecords(recorded.texts, asRecordedRun(repeated, run, elsewhere), others),
    ...(await compareHashes(recorded.directory, others, drawn)),
  ];
  const isOfEarlierAdam = run.hyperParameters.optimizer === 'adam' && /^0\.1\./.test(run.environment.zoo);
  return {
    verified: files.every(({ same }) => same),
    files,
    weights: compareParameters(parameters, result.parameters),
    differences: files.find(({ path }) => path === 'run.json')?.differs ?? [],
    environment: environmentDifferences(run.identity, loaded.identity),
    ...(isOfEarlierAdam && { reason: earlierAdam }),
  };
}

/**
 * The repeated run with what it cannot give again taken from the recorded one: times, versions, from where it had its
 * data and in which words it says why that is synthetic.
 */
function asRecordedRun(repeated: RunReport, run: RunFile, elsewhere: boolean): RunReport {
  const { source, files, own, standIn } = run.dataset;
  const { identity, dataset, result } = repeated;
  // What was downloaded then is in the cache now.
  const fetched = ['cache', 'download'];
  const moved = elsewhere || (fetched.includes(source) && fetched.includes(dataset.source));
  const place = {
    ...(moved && { source }),
    ...(elsewhere && hashesIn(files) === hashesIn(dataset.files) && { files }),
    ...(elsewhere && own && { own }),
    ...(standIn !== undefined && dataset.standIn !== undefined && { standIn }),
  };
  const history = result.history.map((record, i) => ({
    ...record,
    seconds: run.history[i]?.seconds ?? record.seconds,
  }));
  return {
    ...repeated,
    dataset: { ...dataset, ...place },
    identity: {
      ...identity,
      dataset: { ...identity.dataset, ...place },
      environment: run.environment,
    },
    result: { ...result, history, seconds: run.seconds },
  };
}

/** Contents of files, whatever they are called. */
const hashesIn = (files: RunFile['dataset']['files']): string =>
  files
    .map(({ bytes, sha256 }) => `${bytes} ${sha256}`)
    .sort()
    .join();

/** weights.json and run.json against what the repeated run writes. @param others what run.json says of the other files */
function compareRecords(
  texts: RecordedRun['texts'],
  repeated: RunReport,
  others: RunFileHash[],
): FileVerdict[] {
  const weights = weightsJson(repeated);
  const file = { name: weightsName, bytes: Buffer.byteLength(weights), sha256: sha256(weights) };
  return [
    verdict(weightsName, textDifferences(texts.weights, weights, weightsLimits)),
    verdict('run.json', textDifferences(texts.run, runJson(repeated, [file, ...others]), runLimits)),
  ];
}

const weightsName = 'weights.json';

/** Where the bytes differ, in what. */
function textDifferences(then: string, now: string, limits: Partial<JsonLimits>): Difference[] {
  if (then === now) return [];
  const differs = treeDifferences(parseJson(withoutMark(then), 'the file', limits), JSON.parse(now));
  // The hash of the text itself says no more than the difference that it comes from.
  const told = differs.filter(({ what }) => what !== 'sha256');
  if (hasMark(then)) return [{ what: 'byte order mark', then: 'one', now: 'none' }, ...told];
  return told.length > 0 ? told : [changed];
}

const hasMark = (text: string): boolean => text.startsWith('\uFEFF');
const withoutMark = (text: string): string => (hasMark(text) ? text.slice(1) : text);

const changed: Difference = { what: 'SHA-256', then: 'what the run wrote', now: 'another text' };

const verdict = (path: string, differs: Difference[]): FileVerdict =>
  differs.length === 0 ? { path, same: true } : { path, same: false, differs };

/** The other files against the hashes in run.json, and against the names of what the run draws. */
async function compareHashes(
  directory: string,
  recorded: RunFileHash[],
  drawn: string[],
): Promise<FileVerdict[]> {
  const present = new Set(
    await readdir(directory).catch((error: unknown) => {
      throw fileError(error, 'read', directory);
    }),
  );
  const verdicts: FileVerdict[] = [];
  for (const { name, bytes, sha256: hash } of recorded) {
    const isMissing = !present.delete(name);
    const content = isMissing ? undefined : await readLimited(join(directory, name), maxRecordBytes);
    const missing: Difference = { what: 'the file', then: `${bytes} bytes`, now: 'nothing' };
    const same = content !== undefined && content.length === bytes && sha256(content) === hash;
    verdicts.push(verdict(name, same ? [] : [isMissing ? missing : changed]));
  }
  const unknown = new Set([...drawn, ...ofRuns.filter((name) => present.has(name))]);
  for (const { name } of recorded) unknown.delete(name);
  for (const path of unknown) {
    const now = present.has(path) ? 'there' : 'a picture of the run';
    verdicts.push(verdict(path, [{ what: 'the file', then: 'nothing', now }]));
  }
  return verdicts;
}

/** What a run leaves, or removes, beside its records. */
const ofRuns = [checkpointName, ...picturesOfRuns];

function compareParameters(then: ParameterSet, now: ParameterSet): Verification['weights'] {
  return Object.keys(now).map((name) => {
    let maxAbsolute = 0;
    now[name].values.forEach((value, i) => {
      maxAbsolute = Math.max(maxAbsolute, Math.abs(value - then[name].values[i]));
    });
    return { name, same: maxAbsolute === 0, maxAbsolute };
  });
}
