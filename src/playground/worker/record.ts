/**
 * The files of a complete run, in the format of the command line.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { fingerprintPieces } from '../../data/dataset.ts';
import { tf } from '../../utils/tf.ts';
import { pagePlatform, type RunIdentity, runText } from '../../weights/run-record.ts';
import { weightsJson } from '../../estimator/train.ts';
import type { PageData } from './data.ts';
import type { Finished, Session } from './session.ts';

export const hashOfBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

export const hashOf = (text: string): string => hashOfBytes(utf8ToBytes(text));

export const weightsOf = ({ run, data }: Session, { result, metrics }: Finished): string =>
  weightsJson({ request: run, dataset: data, result, metrics });

export function filesOf(session: Session, finished: Finished): { weights: string; run: string } {
  const weights = weightsOf(session, finished);
  const bytes = utf8ToBytes(weights).length;
  const files = [{ name: 'weights.json', bytes, sha256: hashOf(weights) }];
  const run = runText({ ...finished, status: 'complete', identity: identityOf(session) }, hashOf, files);
  return { weights, run };
}

function identityOf({ run, data }: Session): RunIdentity {
  const { definition, options, asPrinted, gradients, backend, recipe, recordEvery } = run;
  const { name, source, standIn, own } = data;
  const environment = { zoo: __VERSION__, node: browser(), tfjs: tf.version_core, platform: pagePlatform };
  const files = filesRead(data);
  const dataset = { name, source, standIn, files, ...(own && { own }), fingerprint: fingerprintOf(data) };
  return {
    model: definition.name,
    options,
    asPrinted,
    dataset,
    gradients,
    backend,
    recipe,
    recordEvery,
    environment,
  };
}

function fingerprintOf(data: PageData): string {
  const hash = sha256.create();
  for (const piece of fingerprintPieces(data)) {
    hash.update(
      typeof piece === 'string'
        ? utf8ToBytes(piece)
        : new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength),
    );
  }
  return bytesToHex(hash.digest());
}

function filesRead({ files, contents }: PageData): PageData['files'] {
  const pieces = contents?.();
  if (!pieces) return files;
  return files.map((file, i) => {
    const hash = sha256.create();
    for (const piece of pieces[i]) hash.update(piece);
    return { ...file, sha256: bytesToHex(hash.digest()) };
  });
}

/** The browser from the user agent, such as `Chrome/140.0.0.0`. */
const browser = (): string =>
  /(Firefox|Edg|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? 'browser';
