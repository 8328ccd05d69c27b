import { createHash } from 'node:crypto';
import { type LoadedDataset, fingerprintPieces } from '../data/dataset.ts';

/**
 * SHA-256 over every number of a dataset as it is trained on: equal for equal data, wherever it came from. It also covers
 * data without files, such as random points and synthetic data.
 */
export function fingerprintOf(dataset: LoadedDataset): string {
  const hash = createHash('sha256');
  for (const piece of fingerprintPieces(dataset)) hash.update(piece);
  return hash.digest('hex');
}
