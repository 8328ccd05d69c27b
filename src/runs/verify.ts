/**
 * Repeats a run from its run.json and compares all that its directory holds with what comes out.
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
  type RunReport,
  parseRun,
  runLimits,
  type RunFile,
} from '../weights/run-record.ts';
import { parseJson } from '../weights/json.ts';
import { weightsFrom } from '../weights/saved-model.ts';
import { treeDifferences } from '../weights/comparison.ts';
import { weightsLimits } from '../weights/weights.ts';
import { maxRecordBytes, maxWeightsBytes } from './load.ts';
import { definitionOfRecord } from './user-models.ts';
import { type RunRequest, loadRun, partLoader } from './run.ts';
import { checkpointName, picturesOfRuns, runJson, withChecksum } from './save.ts';
import { fit, scoreRun, weightsJson } from '../estimator/fit.ts';
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
    run: await readText(join(directory, 'run.json'), maxRecordBytes),
    weights: await readText(join(directory, 'weights.json'), maxWeightsBytes),
  };
  const run = parseRun(texts.run, 'run.json');
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
  const saved = weightsFrom(texts.weights, 'weights.json', ofUser && definition);
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
  const { status, result } = await fit(loaded, partLoader(loaded.request));
  const metrics = scoreRun(loaded, result);
  const repeated: RunReport = { ...loaded, status, result, metrics, out: recorded.directory };
  const files = [
    ...compareRecords(recorded, atItsPlace(repeated, run, elsewhere)),
    ...(await compareHashes(recorded)),
  ];
  return {
    verified: files.every(({ same }) => same),
    files,
    weights: compareParameters(parameters, result.parameters),
    differences: files.find(({ path }) => path === 'run.json')?.differs ?? [],
    environment: environmentDifferences(run.identity, loaded.identity),
  };
}

/** The repeated run as it would tell of data that it had from where the recorded run says. */
function atItsPlace(repeated: RunReport, { dataset }: RunFile, elsewhere: boolean): RunReport {
  const { source, files, own } = dataset;
  // What was downloaded then is in the cache now.
  const fetched = ['cache', 'download'];
  const moved = elsewhere || (fetched.includes(source) && fetched.includes(repeated.dataset.source));
  const place = { ...(moved && { source }), ...(elsewhere && { files, ...(own && { own }) }) };
  const { identity } = repeated;
  return {
    ...repeated,
    dataset: { ...repeated.dataset, ...place },
    identity: { ...identity, dataset: { ...identity.dataset, ...place } },
  };
}

/** weights.json and run.json against what the repeated run would write. */
function compareRecords({ texts }: RecordedRun, repeated: RunReport): FileVerdict[] {
  const then = parseJson(texts.run, 'run.json', runLimits) as Json;
  const now = JSON.parse(runJson(repeated)) as Json;
  // Times and versions are not those of the run, nor are the words about why there was no real data.
  for (const key of ['seconds', 'environment', 'files', 'sha256']) now[key] = then[key];
  const history = then.history as Json[];
  now.history = (now.history as Json[]).map((record, i) => ({ ...record, seconds: history[i]?.seconds }));
  const [dataset, itsDataset] = [now.dataset as Json, then.dataset as Json];
  if (dataset.standIn !== undefined && itsDataset.standIn !== undefined) dataset.standIn = itsDataset.standIn;

  const { sha256: _, ...content } = then;
  const isAsLeft = withChecksum(content) === texts.run;
  const differs = [...treeDifferences(then, now), ...(isAsLeft ? [] : [changed])];
  return [
    verdict('weights.json', ofTexts(texts.weights, weightsJson(repeated))),
    verdict('run.json', differs),
  ];
}

type Json = Record<string, unknown>;

const changed: Difference = { what: 'SHA-256', then: 'what the run wrote', now: 'another text' };

const verdict = (path: string, differs: Difference[]): FileVerdict =>
  differs.length === 0 ? { path, same: true } : { path, same: false, differs };

function ofTexts(then: string, now: string): Difference[] {
  if (then === now) return [];
  const differs = treeDifferences(parseJson(then, 'weights.json', weightsLimits), JSON.parse(now));
  return differs.length > 0 ? differs : [changed];
}

/** The other files against the hashes in run.json. */
async function compareHashes({ directory, run: { files = [] } }: RecordedRun): Promise<FileVerdict[]> {
  const present = new Set(
    await readdir(directory).catch((error: unknown) => {
      throw fileError(error, 'read', directory);
    }),
  );
  const verdicts: FileVerdict[] = [];
  for (const { name, bytes, sha256: hash } of files) {
    // It is compared number by number.
    if (name === 'weights.json') continue;
    const isMissing = !present.delete(name);
    const content = isMissing ? undefined : await readLimited(join(directory, name), maxRecordBytes);
    const missing: Difference = { what: 'the file', then: `${bytes} bytes`, now: 'nothing' };
    const same = content !== undefined && content.length === bytes && sha256(content) === hash;
    verdicts.push(verdict(name, same ? [] : [isMissing ? missing : changed]));
  }
  for (const path of ofRuns.filter((name) => present.has(name))) {
    verdicts.push(verdict(path, [{ what: 'the file', then: 'nothing', now: 'there' }]));
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
