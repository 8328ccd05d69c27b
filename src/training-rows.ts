/**
 * Which rows train and which validate, and the tensors of both that stay on the backend throughout a run.
 */
import { allRows, keptBatch, selectRows, type Batch } from './batches.ts';
import type { Examples } from './dataset.ts';
import { evaluateBatch } from './evaluate.ts';
import type { Model, Tensors } from './model.ts';
import type { RandomState } from './random.ts';
import { tf } from './tf.ts';

/** Rows by which an epoch's training accuracy is judged; a sixteenth of a second for digits. */
export const rowsForAccuracy = 5000;

export interface Split {
  /** Row numbers of `data.train` that train. */
  rows: Int32Array;
  validation?: Examples;
}

/** The dataset's own validation rows, else a random share of the training rows. */
export function splitRows(
  data: { train: Examples; validation?: Examples },
  share: number,
  random: RandomState,
): Split {
  if (data.validation) return { rows: allRows(data.train), validation: data.validation };
  const validationRows = Math.floor(data.train.rows * share);
  if (validationRows === 0) return { rows: allRows(data.train) };
  const order = random.permutation(data.train.rows);
  return {
    rows: order.slice(validationRows),
    validation: selectRows(data.train, order.subarray(0, validationRows)),
  };
}

/** Measures what a record holds, on batches that are uploaded once. */
export class Judge {
  readonly #model: Model;
  readonly #train: { batch: Batch; labels: Uint8Array };
  readonly #validation?: { batch: Batch; labels: Uint8Array };

  constructor(model: Model, classes: number, train: Examples, { rows, validation }: Split) {
    const targets = { task: model.task, classes };
    const sample = selectRows(train, rows.subarray(0, rowsForAccuracy));
    this.#model = model;
    this.#train = { batch: keptBatch(sample, targets), labels: sample.labels };
    if (validation) this.#validation = { batch: keptBatch(validation, targets), labels: validation.labels };
  }

  measure(parameters: Tensors): { accuracy: number; validationLoss?: number; validationAccuracy?: number } {
    const { accuracy } = evaluateBatch(this.#model, parameters, this.#train.batch, this.#train.labels);
    if (!this.#validation) return { accuracy };
    const validation = evaluateBatch(
      this.#model,
      parameters,
      this.#validation.batch,
      this.#validation.labels,
    );
    return { accuracy, validationLoss: validation.loss, validationAccuracy: validation.accuracy };
  }

  dispose(): void {
    tf.dispose([this.#train.batch, this.#validation?.batch] as never);
  }
}
