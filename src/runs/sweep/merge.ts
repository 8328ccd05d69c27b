/**
 * Joins the parts of a sweep that machines have trained apart.
 */
import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../utils/errors.ts';
import { trialsDirectory, readTrials, writeTrial, checkSameData } from './trial-file.ts';
import { findPlan, openDirectory, readPlan, defaultDirectory, type SweepPlan } from './directory.ts';

/**
 * Brings the trials of all parts together in one directory, which is then that of the whole sweep and can be continued.
 *
 * @param given their directories; one whose task was killed before it wrote anything has nothing to bring
 * @param out a directory; by default that of the whole sweep
 * @throws InputError where the parts are not of one sweep
 */
export async function mergeSweeps(
  given: string[],
  out?: string,
): Promise<{ plan: SweepPlan; directory: string }> {
  const [parts, plans]: [string[], SweepPlan[]] = [[], []];
  for (const part of given) {
    const plan = await findPlan(part);
    if (!plan && (await hasOnlyBegun(part))) continue;
    parts.push(part);
    plans.push(plan ?? (await readPlan(part)));
  }
  // Of parts that have all only begun the first is complained of.
  if (plans.length === 0) plans.push(await readPlan(given[0]));
  const [first] = plans;
  const other = plans.findIndex(({ definition }) => !isDeepStrictEqual(definition, first.definition));
  if (other >= 0) throw new InputError(`${parts[other]} is of another sweep than ${parts[0]}.`);
  const { shard: _, ...plan } = first;
  const directory = out ?? defaultDirectory(plan);
  const lock = await openDirectory(directory, plan);
  try {
    const there = await readTrials(directory);
    for (const part of parts) {
      const trials = await readTrials(part);
      const files = [...trials.values()].find(({ dataset }) => dataset?.files)?.dataset?.files;
      if (files) checkSameData(directory, there.values(), { files });
      for (const [id, result] of trials) {
        // A complete result is worth more than a failure, and one is as good as another of the same training.
        if ((there.get(id)?.status ?? 'failed') !== 'failed') continue;
        await writeTrial(directory, result);
        there.set(id, result);
      }
    }
    return { plan, directory };
  } finally {
    await lock.release();
  }
}

/** A task makes its directory, claims it and then writes its plan: it can be killed in between. */
const hasOnlyBegun = (part: string): Promise<boolean> =>
  readdir(trialsDirectory(part)).then(
    (trials) => trials.length === 0,
    () => false,
  );
