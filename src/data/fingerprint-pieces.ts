/**
 * What of a dataset is hashed for its fingerprint: every number as it is trained on, split by split.
 */
import { allInputs, type InputArray, type LoadedDataset } from './dataset.ts';

/** SHA-256 over all of them in their order is the fingerprint. */
export function* fingerprintPieces({
  train,
  validation,
  test,
}: LoadedDataset): Generator<string | InputArray> {
  const splits = { train, ...(validation && { validation }), test };
  for (const [name, examples] of Object.entries(splits)) {
    const { rows, features, divisor, inputs, labels } = examples;
    yield `${name} ${rows} ${features} ${divisor} ${inputs.BYTES_PER_ELEMENT};`;
    yield allInputs(examples);
    yield labels;
  }
}
