import { obtain } from '../../datasets/acquire/obtain.ts';
import { published } from '../../datasets/published.ts';
import type { DataRequest } from '../data/dataset.ts';
import { InputError } from '../utils/errors.ts';

/**
 * Why the published files of a dataset are not at hand, in one clause; undefined where they are, in the data
 * directory, the cache or after a download. A stand-in is of no use to a reproduction.
 */
export async function missingData(
  dataset: keyof typeof published,
  request: DataRequest,
): Promise<string | undefined> {
  try {
    const obtained = await obtain(published[dataset], request);
    return obtained.source === 'built-in' ? `${dataset}: ${obtained.reason}` : undefined;
  } catch (error) {
    // A data directory may well hold some datasets and lack others.
    if (error instanceof InputError) return `${dataset}: ${error.message}`;
    throw error;
  }
}
