/**
 * The text of a run.json, which is the same wherever the run was: only who computes SHA-256 differs.
 */
import { formatJson } from './json.ts';
import type { RunReport } from './run-facts.ts';
import type { RunFileHash } from './run-record.ts';

/** SHA-256 of a text, as 64 hexadecimal digits. */
export type TextHash = (text: string) => string;

/** @param files that the run has left beside it */
export function runText(
  { status, identity, result, metrics }: Pick<RunReport, 'status' | 'identity' | 'result' | 'metrics'>,
  sha256: TextHash,
  files: RunFileHash[] = [],
): string {
  const { recipe, dataset, environment, recordEvery, ...rest } = identity;
  const document = {
    format: 'backprop-zoo/run',
    version: 1,
    status,
    ...rest,
    dataset: { ...dataset, rows: { train: result.trainRows, validation: result.validationRows } },
    seed: recipe.seed,
    hyperParameters: recipe,
    recordEvery,
    epochs: result.epochs,
    steps: result.steps,
    restoredEpoch: result.restoredEpoch,
    history: result.history,
    metrics,
    seconds: result.seconds,
    environment,
    files,
  };
  return sealedText(document, sha256);
}

/**
 * The text of a document with, last, the SHA-256 of what it was before. It tells a slip from what the run wrote, in fields
 * too that a repeated run does not give again, such as times; it keeps nobody from sealing a lie.
 */
export const sealedText = (document: object, sha256: TextHash): string =>
  formatJson({ ...document, sha256: sha256(formatJson(document)) });
