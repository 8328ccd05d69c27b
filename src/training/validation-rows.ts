/**
 * Which rows train and which validate, and how the latter are measured.
 */
import { allRows, disposeBatch, residentBatch, type Batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { evaluateBatch, evaluateRows } from '../evaluation/evaluate.ts';
import type { Model, Tensors } from '../model/model.ts';
import type { RandomState } from '../utils/random.ts';

export interface Split {
  /** Row numbers of `data.train` that train. */
  rows: Int32Array;
  validation?: { examples: Examples; rows: Int32Array };
  /** The validation rows are rows of `data.train`. */
  setAside?: boolean;
}

/** The dataset's own validation rows, else a random share of the training rows. */
export function splitRows(
  { train, validation }: { train: Examples; validation?: Examples },
  share: number,
  random: RandomState,
): Split {
  if (validation) {
    return { rows: allRows(train), validation: { examples: validation, rows: allRows(validation) } };
  }
  const validationRows = Math.floor(train.rows * share);
  if (validationRows === 0) return { rows: allRows(train) };
  const order = random.permutation(train.rows);
  return {
    rows: order.slice(validationRows),
    validation: { examples: train, rows: order.subarray(0, validationRows) },
    setAside: true,
  };
}

/** What a result says of its rows. */
export const rowsUsed = ({ rows, validation, setAside }: Split) => ({
  trainRows: rows.length,
  validationRows: validation?.rows.length ?? 0,
  ...(validation && setAside && { setAside: { training: rows, validation: validation.rows } }),
});

/**
 * So many numbers of validation rows stay on the backend, some 10 000 digits. It is the same wherever the rows are, for
 * a loss that is summed up in pieces may differ in its last digit.
 */
const mostKept = 2 ** 23;

export const staysOnBackend = (rows: number, { features }: Examples): boolean => rows * features <= mostKept;

/** The validation rows, uploaded once where they are not too many, when they are first needed. */
export class Validator {
  readonly #model: Model;
  readonly #classes: number;
  readonly #rows: Split['validation'];
  #batch?: Batch;

  constructor(model: Model, classes: number, { validation }: Split) {
    this.#model = model;
    this.#classes = classes;
    this.#rows = validation;
  }

  /** What a record says of the validation rows. */
  evaluate(parameters: Tensors): { validationLoss?: number; validationAccuracy?: number } {
    if (!this.#rows) return {};
    const { examples, rows } = this.#rows;
    if (staysOnBackend(rows.length, examples)) {
      this.#batch ??= residentBatch(examples, { task: this.#model.task, classes: this.#classes }, rows);
    }
    const { loss, accuracy } = this.#batch
      ? evaluateBatch(this.#model, parameters, this.#batch)
      : evaluateRows(this.#model, parameters, { examples, classes: this.#classes, order: rows });
    return { validationLoss: loss, ...(accuracy !== undefined && { validationAccuracy: accuracy }) };
  }

  dispose(): void {
    if (this.#batch) disposeBatch(this.#batch);
  }
}
