/**
 * Which rows train and which validate, and how the latter are measured.
 */
import { allRows, disposeBatch, keptBatch, selectRows, type Batch } from './batches.ts';
import type { Examples } from './dataset.ts';
import { evaluateBatch } from './evaluate.ts';
import type { Model, Tensors } from './model.ts';
import type { RandomState } from './random.ts';

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

/** The validation rows, uploaded once. */
export class Judge {
  readonly #model: Model;
  readonly #validation?: Batch;

  constructor(model: Model, classes: number, { validation }: Split) {
    this.#model = model;
    if (validation) this.#validation = keptBatch(validation, { task: model.task, classes });
  }

  /** What a record says of the validation rows. */
  measure(parameters: Tensors): { validationLoss?: number; validationAccuracy?: number } {
    if (!this.#validation) return {};
    const { loss, accuracy } = evaluateBatch(this.#model, parameters, this.#validation);
    return { validationLoss: loss, validationAccuracy: accuracy };
  }

  dispose(): void {
    if (this.#validation) disposeBatch(this.#validation);
  }
}
