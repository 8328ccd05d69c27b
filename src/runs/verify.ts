/**
 * Repeats a run from its run.json and compares what comes out, number by number.
 */
import { join } from 'node:path';
import { models } from '../../models/index.ts';
import type { DataRequest } from '../core/data/dataset.ts';
import { InputError } from '../core/errors.ts';
import { printable } from '../core/printable.ts';
import { checkedOptions } from '../core/option-values.ts';
import type { ParameterSet } from '../core/parameters.ts';
import { type RunFile } from '../saved/run-record.ts';
import { loadRunRecord } from './load.ts';
import { environmentDifferences, type Difference } from '../saved/identity.ts';
import { loadRun, scoreRun, trainRun } from './stages.ts';
import type { RunRequest } from './request.ts';
import { loadWeights } from './load.ts';
import type { EpochRecord } from '../core/training/types.ts';

export interface Verification {
  /** Weights, metrics and history are all the same. */
  verified: boolean;
  weights: { name: string; same: boolean; maxAbsolute: number }[];
  /** Metrics and records that differ, by their place in run.json. */
  differences: Difference[];
  /** Versions that are not those of the recorded run; a reason, not a fault. */
  environment: Difference[];
}

export interface RecordedRun {
  run: RunFile;
  parameters: ParameterSet;
  request: Omit<RunRequest, 'data'>;
}

/**
 * Reads what a run directory says that it did.
 *
 * @throws InputError when a file is missing or malformed, or the run did not come to its end
 */
export async function readRun(directory: string): Promise<RecordedRun> {
  const run = await loadRunRecord(directory);
  if (run.status !== 'complete') {
    throw new InputError(`The run in ${directory} is ${run.status}; only a complete one can be repeated.`);
  }
  const { model, options, asPrinted, gradients, backend, recordEvery } = run;
  if (!Object.hasOwn(models, model)) {
    throw new InputError(`run.json is of a model "${printable(model)}" that this zoo does not have.`);
  }
  const entry = models[model];
  const saved = await loadWeights(join(directory, 'weights.json'));
  if (saved.entry !== entry) {
    throw new InputError(`weights.json is of the model ${saved.entry.name}, run.json of ${model}.`);
  }
  return {
    run,
    parameters: saved.parameters,
    request: {
      entry,
      options: checkedOptions(entry, options, 'run.json'),
      asPrinted,
      recipe: run.hyperParameters,
      gradients,
      backend,
      recordEvery,
    },
  };
}

/**
 * @param recorded from `readRun`; its backend must be in use
 * @param data where to find the same data
 * @throws InputError when the data is not the same, before anything is trained
 */
export async function verify(
  { run, parameters, request }: RecordedRun,
  data: DataRequest,
  hooks: RunRequest['hooks'] = {},
): Promise<Verification> {
  const loaded = await loadRun({ ...request, data, hooks });
  const { dataset } = run;
  if (loaded.identity.dataset.fingerprint !== dataset.fingerprint) {
    throw new InputError(
      `The data is not that of the run, which was ${dataset.name} from source ${dataset.source}` +
        `${dataset.standIn ? ', a stand-in' : ''}; give the same with --data and --data-dir.`,
    );
  }
  const { status, result } = await trainRun(loaded);
  const weights = compareParameters(parameters, result.parameters);
  const withoutTime = (history: EpochRecord[]) => history.map(({ seconds: _, ...record }) => record);
  const differences = [
    ...compareNumbers('metrics', run.metrics, scoreRun(loaded, result.parameters)),
    ...compareNumbers('history', withoutTime(run.history), withoutTime(result.history)),
    ...(status === 'complete' ? [] : [{ what: 'status', then: 'complete', now: status }]),
  ];
  return {
    verified: differences.length === 0 && weights.every(({ same }) => same),
    weights,
    differences,
    environment: environmentDifferences(run.identity, loaded.identity),
  };
}

function compareParameters(then: ParameterSet, now: ParameterSet): Verification['weights'] {
  return Object.keys(now).map((name) => {
    let maxAbsolute = 0;
    now[name].values.forEach((value, i) => {
      maxAbsolute = Math.max(maxAbsolute, Math.abs(value - then[name].values[i]));
    });
    return { name, same: maxAbsolute === 0, maxAbsolute };
  });
}

/** Every number or missing entry in which two trees differ. */
function compareNumbers(what: string, then: unknown, now: unknown): Difference[] {
  if (typeof then !== 'object' || typeof now !== 'object' || then === null || now === null) {
    return Object.is(then, now) ? [] : [{ what, then: String(then), now: String(now) }];
  }
  const keys = new Set([...Object.keys(then), ...Object.keys(now)]);
  return [...keys].flatMap((key) =>
    compareNumbers(
      `${what}.${key}`,
      (then as Record<string, unknown>)[key],
      (now as Record<string, unknown>)[key],
    ),
  );
}
