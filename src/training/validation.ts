/**
 * Validation: which rows are set aside for it, and the metrics on them.
 */
import { allRows, disposeBatch, residentBatch, rowsApart, type Batch } from '../data/batches.ts';
import { isTokens, type Examples } from '../data/dataset.ts';
import type { Model, Tensors } from '../model/model.ts';
import type { RandomState } from '../utils/random.ts';
import { evaluateBatch, evaluateRows } from '../evaluation/evaluate.ts';
import type { EpochRecord, TrainingResult } from './types.ts';

export interface TrainingData {
  train: Examples;
  validation?: Examples;
}

export interface Split {
  /** Row numbers of `data.train` to train on. */
  trainRows: Int32Array;
  validation?: { examples: Examples; rows: Int32Array };
  /** Whether the validation rows were taken from `data.train`. */
  setAside: boolean;
}

/**
 * The dataset's own validation split if it has one, otherwise a random share of the training rows.
 *
 * @param share 0 to 0.5, rounded down to whole rows
 */
export function splitRows({ train, validation }: TrainingData, share: number, random: RandomState): Split {
  if (validation) {
    // Of a long text a part, so that validation does not take longer than training.
    const rows = isTokens(validation) ? rowsApart(validation) : allRows(validation);
    return { trainRows: allRows(train), validation: { examples: validation, rows }, setAside: false };
  }
  const validationRows = Math.floor(train.rows * share);
  if (validationRows === 0) return { trainRows: allRows(train), setAside: false };
  const order = random.permutation(train.rows);
  return {
    trainRows: order.slice(validationRows),
    validation: { examples: train, rows: order.subarray(0, validationRows) },
    setAside: true,
  };
}

/** What a training result says about its rows. */
export const describeSplit = ({
  trainRows,
  validation,
  setAside,
}: Split): Pick<TrainingResult, 'trainRows' | 'validationRows' | 'setAside'> => ({
  trainRows: trainRows.length,
  validationRows: validation?.rows.length ?? 0,
  ...(validation && setAside && { setAside: { training: trainRows, validation: validation.rows } }),
});

/** Numbers, about 10 000 MNIST images. */
const maxResidentNumbers = 2 ** 23;

/**
 * Whether the validation rows are uploaded once and stay on the backend. The limit is the same for every backend and
 * data source, because a loss that is summed in pieces may differ in the last digit.
 */
export const isValidationResident = (rows: number, examples: Examples): boolean =>
  !isTokens(examples) && rows * examples.features <= maxResidentNumbers;

/** Evaluates the model on the validation rows. */
export class Validator {
  readonly #model: Model;
  readonly #classes: number;
  readonly #rows: Split['validation'];
  /** Uploaded at the first evaluation. */
  #batch?: Batch;

  constructor(model: Model, classes: number, { validation }: Split) {
    this.#model = model;
    this.#classes = classes;
    this.#rows = validation;
  }

  /** Empty if there are no validation rows. */
  evaluate(parameters: Tensors): Pick<EpochRecord, 'validationLoss' | 'validationAccuracy'> {
    if (!this.#rows) return {};
    const { examples, rows } = this.#rows;
    if (isValidationResident(rows.length, examples)) {
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
