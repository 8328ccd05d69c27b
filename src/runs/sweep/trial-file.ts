/**
 * What is kept of a trial, one JSON file each: written whole when the trial is over, so that a sweep which is killed
 * has lost only what was under way.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackendName, backendNames } from '../../backend/index.ts';
import type { LoadedDataset } from '../../data/dataset.ts';
import { readText, writeFileAtomically } from '../../node/files.ts';
import { InputError } from '../../utils/errors.ts';
import * as z from '../../utils/schema.ts';
import { formatJson, parseJson } from '../../weights/json.ts';
import { dataFilesSchema, untimedHistorySchema } from '../../weights/run-record.ts';
import { checked, plainText } from '../../weights/schemas.ts';

/** Of a regression R² in place of the accuracy. */
const score = z.object({
  loss: z.number(),
  accuracy: z.optional(z.number()),
  r2: z.optional(z.number()),
  rmse: z.optional(z.number()),
});

export const trialSchema = z.object({
  format: z.literal('backprop-zoo/sweep-cell'),
  version: z.literal(1),
  id: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
  /** `failed`: it did not come to an end for another reason than its numbers; it is tried again. */
  status: z.enum(['complete', 'diverged', 'failed']),
  message: z.optional(z.string().check(z.maxLength(5000))),
  backend: z.enum(backendNames as unknown as BackendName[]),
  dataset: z.optional(
    z.object({
      name: plainText,
      source: z.enum(['dir', 'cache', 'download', 'built-in']),
      fingerprint: plainText,
      standIn: z.optional(z.boolean()),
      files: z.optional(dataFilesSchema),
    }),
  ),
  epochs: z._default(z.int().check(z.minimum(0)), 0),
  seconds: z._default(z.number().check(z.minimum(0)), 0),
  metrics: z.optional(z.object({ train: score, validation: z.optional(score), test: score })),
  history: z._default(untimedHistorySchema, []),
});

export type TrialResult = Omit<z.infer<typeof trialSchema>, 'format' | 'version'>;

const directoryName = 'cells';
const fileName = (id: string) => join(directoryName, `${id}.json`);

export const trialsDirectory = (sweep: string): string => join(sweep, directoryName);

export const writeTrial = (sweep: string, result: TrialResult): Promise<void> =>
  writeFileAtomically(
    join(sweep, fileName(result.id)),
    formatJson({ format: 'backprop-zoo/sweep-cell', version: 1, ...result }),
  );

/** @throws InputError that says where a file is wrong */
export async function readTrials(sweep: string): Promise<Map<string, TrialResult>> {
  const trials = new Map<string, TrialResult>();
  const directory = trialsDirectory(sweep);
  if (!existsSync(directory)) return trials;
  for (const name of (await readdir(directory)).filter((name) => /^[0-9a-f]{16}\.json$/.test(name)).sort()) {
    const path = join(directory, name);
    const {
      format: _,
      version: __,
      ...result
    } = checked(
      trialSchema,
      parseJson(await readText(path, 64e6), path, { characters: 64e6, parts: 12e6, values: 12e6 }),
      path,
      'result of a trial',
    );
    if (name !== `${result.id}.json`)
      throw new InputError(`${path} is the result of another trial, ${result.id}.`);
    trials.set(result.id, result);
  }
  return trials;
}

/** Data as far as a sweep tells it apart. */
export type SweepData = Pick<LoadedDataset, 'files'>;

/** In what the data of two trials differs, if in anything; of what was drawn there are no files. */
function difference(then: SweepData, now: SweepData): string | undefined {
  if (then.files.length === 0 && now.files.length === 0) return undefined;
  if (then.files.length === 0) return 'it was drawn then, and is read from files now';
  if (now.files.length === 0) return 'it was read from files then, and is drawn now';
  const other = (a: SweepData, b: SweepData) =>
    a.files.find(({ sha256 }) => !b.files.some((file) => file.sha256 === sha256))?.name;
  const changed = other(then, now) ?? other(now, then);
  return changed && `${changed} is another`;
}

/**
 * @param where the directory of the sweep, for the message
 * @param now what further trials would be trained on
 * @throws InputError where a result is of other data
 */
export function checkSameData(where: string, results: Iterable<TrialResult>, now: SweepData): void {
  for (const { dataset } of results) {
    const differs = dataset?.files && difference({ files: dataset.files }, now);
    if (!differs) continue;
    throw new InputError(
      `The trials in ${where} were trained on other data: ${differs}. ` +
        'Put the data back as it was, or choose another --out.',
    );
  }
}

/** A result as it is, but for one of other data than the sweep began with, which is a failure. */
export function onSameData(result: TrialResult, began: SweepData): TrialResult {
  const { id, backend, dataset } = result;
  const differs = dataset?.files && difference(began, { files: dataset.files });
  if (!differs) return result;
  const message = `The data changed while the sweep ran: ${differs}.`;
  return { id, status: 'failed', message, backend, epochs: 0, seconds: 0, history: [] };
}
