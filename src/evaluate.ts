/**
 * A model's outputs and metrics on any number of rows, in pieces that fit the backend's memory.
 */
import { allRows, makeBatch, type Batch } from './batches.ts';
import type { Examples } from './dataset.ts';
import { logitsOnHost, lossOnHost, penaltyOnHost } from './loss-of-model.ts';
import { metricsOf, rightAnswers, type Metrics } from './metrics.ts';
import type { Model, Tensors } from './model.ts';
import { valuesOf } from './tensors.ts';
import { tf } from './tf.ts';

/** About 3 MB of digits; larger pieces are no faster. */
const rowsAtOnce = 1000;

export interface Outputs {
  /** `[rows, outputs]`, row-major. */
  logits: Float64Array;
  outputs: number;
  loss: number;
}

/** Logits and loss (with penalty) of every row. */
export function outputsOf(model: Model, parameters: Tensors, examples: Examples, classes: number): Outputs {
  const order = allRows(examples);
  let logits = new Float64Array(0);
  let outputs = 0;
  let loss = 0;
  for (let start = 0; start < examples.rows; start += rowsAtOnce) {
    const end = Math.min(start + rowsAtOnce, examples.rows);
    tf.tidy(() => {
      const { x, y } = makeBatch(examples, { task: model.task, classes }, order, start, end);
      const tensor = model.forward(parameters, x).logits;
      const piece = valuesOf(tensor);
      if (start === 0) {
        outputs = tensor.size / (end - start);
        logits = new Float64Array(examples.rows * outputs);
      }
      logits.set(piece, start * outputs);
      const pieceLoss = model.loss.measure(piece, valuesOf(y), end - start);
      loss += model.loss.reduction === 'mean' ? (pieceLoss * (end - start)) / examples.rows : pieceLoss;
    });
  }
  return { logits, outputs, loss: loss + penaltyOnHost(model, parameters, examples.rows) };
}

/** All metrics, over every row. */
export function evaluate(model: Model, parameters: Tensors, examples: Examples, classes: number): Metrics {
  const { logits, outputs, loss } = outputsOf(model, parameters, examples, classes);
  return { loss, ...metricsOf(logits, model.task, outputs, examples.labels, classes) };
}

/** Loss and accuracy on a batch that is already on the backend: what every epoch asks for. */
export function evaluateBatch(
  model: Model,
  parameters: Tensors,
  { x, y, labels }: Batch,
): { loss: number; accuracy: number } {
  const logits = logitsOnHost(model, parameters, x);
  return {
    loss: lossOnHost(model, parameters, logits, y),
    accuracy: rightAnswers(logits, model.task, labels) / labels.length,
  };
}
