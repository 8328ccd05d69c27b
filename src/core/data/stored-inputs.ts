/**
 * Inputs that may be an array or on a disk, for whoever goes through all of them.
 */
import type { Examples, InputArray, LoadedDataset, StoredInputs } from './dataset.ts';

export const areStored = (inputs: Examples['inputs']): inputs is StoredInputs => !ArrayBuffer.isView(inputs);

/** Whether some of a dataset is on a disk. */
export const isStored = ({ train, validation, test }: LoadedDataset): boolean =>
  [train, validation, test].some((examples) => examples && areStored(examples.inputs));

const bytesAtOnce = 2 ** 20;

/** Rows of so many values that come to about a megabyte, at least one. */
export const rowsAtOnce = (features: number): number => Math.max(1, Math.floor(bytesAtOnce / features));

/**
 * All inputs in their order: an array in one piece, stored ones in pieces of whole rows, each of which is overwritten by
 * the next: new ones would pile up faster than they are collected.
 */
export function* piecesOf({ inputs, features }: Examples): Generator<InputArray> {
  if (!areStored(inputs)) {
    yield inputs;
    return;
  }
  const size = rowsAtOnce(features) * features;
  const whole = Math.floor(inputs.length / size);
  const piece = new Uint8Array(whole > 0 ? size : 0);
  for (let i = 0; i < whole; i++) {
    inputs.gather(piece, size, [i], 0, 1);
    yield piece;
  }
  if (whole * size < inputs.length) yield inputs.subarray(whole * size);
}

/** Closes what a dataset keeps open, which is nothing where all of it is in memory. */
export function closeDataset({ train, validation, test }: LoadedDataset): void {
  for (const examples of [train, validation, test]) {
    if (examples && areStored(examples.inputs)) examples.inputs.close();
  }
}
