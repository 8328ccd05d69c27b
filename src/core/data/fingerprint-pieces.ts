/**
 * What of a dataset is hashed for its fingerprint: every number as it is trained on, split by split.
 */
import type { InputArray, LoadedDataset } from './dataset.ts';
import { piecesOf } from './stored-inputs.ts';

/** A text or an array of numbers; `inputs` counts those that are inputs. */
type Piece =
  { text: string; values?: undefined; inputs?: 0 } | { text?: undefined; values: InputArray; inputs: number };

/** SHA-256 over all of them in their order is the fingerprint. The next piece may overwrite this one. */
export function* fingerprintPieces({ train, validation, test }: LoadedDataset): Generator<Piece> {
  const splits = { train, ...(validation && { validation }), test };
  for (const [name, examples] of Object.entries(splits)) {
    const { rows, features, divisor, inputs, labels } = examples;
    yield { text: `${name} ${rows} ${features} ${divisor} ${inputs.BYTES_PER_ELEMENT};` };
    for (const values of piecesOf(examples)) yield { values, inputs: values.length };
    yield { values: labels, inputs: 0 };
  }
}
