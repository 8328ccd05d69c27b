/**
 * All cells of a sweep are trained on the same data, or they could not be compared. What is told apart are its files:
 * how they are split and shuffled is a matter of each cell's settings.
 */
import type { LoadedDataset } from '../../data/dataset.ts';
import { InputError } from '../../utils/errors.ts';
import type { CellResult } from './cell-file.ts';

/** Data as far as a sweep tells it apart. */
export type SweepData = Pick<LoadedDataset, 'files'>;

/** In what the data of two cells differs, if in anything; of what was drawn there are no files. */
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
 * @param now what further cells would be trained on
 * @throws InputError where a result is of other data
 */
export function checkSameData(where: string, results: Iterable<CellResult>, now: SweepData): void {
  for (const { dataset } of results) {
    const differs = dataset?.files && difference({ files: dataset.files }, now);
    if (!differs) continue;
    throw new InputError(
      `The cells in ${where} were trained on other data: ${differs}. ` +
        'Put the data back as it was, or choose another --out.',
    );
  }
}

/** A result as it is, but for one of other data than the sweep began with, which is a failure. */
export function onSameData(result: CellResult, began: SweepData): CellResult {
  const { id, backend, dataset } = result;
  const differs = dataset?.files && difference(began, { files: dataset.files });
  if (!differs) return result;
  const message = `The data changed while the sweep ran: ${differs}.`;
  return { id, status: 'failed', message, backend, epochs: 0, seconds: 0, history: [] };
}
