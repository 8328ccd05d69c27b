/**
 * The directory of a sweep: `sweep.json` says what it is a sweep of, `cells/` holds what came of each training.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from '../../utils/schema.ts';
import { backendNames, type BackendName } from '../../backend/index.ts';
import type { DataRequest } from '../../data/dataset.ts';
import { environment } from '../../node/environment.ts';
import { InputError } from '../../utils/errors.ts';
import {
  makeDirectory,
  readText,
  removeAbandonedFiles,
  sha256,
  writeFileAtomically,
} from '../../node/files.ts';
import { formatJson, parseJson } from '../../weights/json.ts';
import { presentIn } from '../load.ts';
import { lockRunDirectory, type RunLock } from '../lock.ts';
import { argumentsFor, ownFilesSchema } from '../../weights/run-record.ts';
import { checked } from '../../weights/schemas.ts';
import { trialsDirectory, readTrials, writeTrial, checkSameSource, firstSource } from './trial-file.ts';
import { type Shard, definitionSchema, type SweepDefinition } from './trials.ts';

export interface SweepPlan {
  definition: SweepDefinition;
  /** As it was asked for: `auto` may be another one on each machine. */
  backend: BackendName | 'auto';
  data: Pick<DataRequest, 'data' | 'dataDir' | 'own'>;
  shard?: Shard;
}

const planSchema: z.ZodMiniType<SweepPlan> = z.object({
  definition: definitionSchema,
  backend: z.enum(['auto', ...backendNames] as const),
  data: z.object({
    data: z.enum(['auto', 'dir', 'download', 'built-in']),
    dataDir: z.optional(z.string().check(z.maxLength(4096))),
    own: z.optional(ownFilesSchema),
  }),
  shard: z.optional(z.object({ index: z.int().check(z.minimum(1)), count: z.int().check(z.minimum(1)) })),
});

export const sweepDirectorySchema = z.looseObject({
  format: z.literal('backprop-zoo/sweep-directory'),
  version: z.literal(1),
  plan: planSchema,
});

/** `runs/sweep-points-3f0a91`: the same for the same sweep, so that the same command goes on where it was ended. */
export function defaultDirectory(plan: SweepPlan): string {
  const { shard, ...whole } = plan;
  const hash = sha256(JSON.stringify(whole)).slice(0, 6);
  const part = shard ? `-shard-${shard.index}-of-${shard.count}` : '';
  const name = basename(plan.definition.model).replace(/[^\w-]/g, '-');
  return join('runs', `sweep-${name}-${hash}${part}`);
}

/**
 * Makes or continues the directory of a sweep and claims it for this process.
 *
 * @throws InputError where it holds another sweep, is in use or cannot be written
 */
export async function openDirectory(directory: string, plan: SweepPlan): Promise<RunLock> {
  const present = await presentIn(directory);
  if (present && present.kind !== 'sweep') {
    throw new InputError(`${directory} holds ${present.what}: choose another --out.`);
  }
  await makeDirectory(trialsDirectory(directory));
  const lock = await lockRunDirectory(directory);
  try {
    const before = await findPlan(directory);
    if (before) checkContinues(directory, before, plan);
    await removeAbandonedFiles(directory);
    await removeAbandonedFiles(trialsDirectory(directory));
    await writePlan(directory, plan);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A sweep may grow: what is there stays valid. On another model or other data it would be another sweep. */
function checkContinues(directory: string, before: SweepPlan, plan: SweepPlan): void {
  const what = ({ definition, backend, data }: SweepPlan) => ({
    model: definition.model,
    backend,
    data: data.data,
    'data directory': data.dataDir,
    'data files': data.own && argumentsFor(data.own).join(' '),
  });
  const [then, now] = [what(before), what(plan)];
  for (const key of Object.keys(then) as (keyof typeof then)[]) {
    if (then[key] === now[key]) continue;
    throw new InputError(
      `${directory} holds a sweep with ${key} ${then[key] ?? 'none'}, not ${now[key] ?? 'none'}: choose another --out.`,
    );
  }
}

export async function writePlan(directory: string, plan: SweepPlan): Promise<void> {
  await writeFileAtomically(
    join(directory, 'sweep.json'),
    formatJson({ format: 'backprop-zoo/sweep-directory', version: 1, plan, environment: environment() }),
  );
}

/** @throws InputError if it is missing or malformed */
export async function readPlan(directory: string): Promise<SweepPlan> {
  const plan = await findPlan(directory);
  if (plan) return plan;
  throw new InputError(`${directory} is not a sweep directory: it has no sweep.json.`);
}

/** @throws InputError where it is malformed */
export async function findPlan(directory: string): Promise<SweepPlan | undefined> {
  const path = join(directory, 'sweep.json');
  if (!existsSync(path)) return undefined;
  const text = await readText(path, 16e6);
  return checked(sweepDirectorySchema, parseJson(text, path), path, 'description of a sweep').plan;
}
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
      const source = firstSource(trials.values());
      if (source) checkSameSource(directory, there.values(), source);
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
