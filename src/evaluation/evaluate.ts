/**
 * A model's outputs and metrics on any number of rows, in pieces that fit the backend's memory.
 */
import { allRows, countTargets, makeBatch, type Batch } from '../data/batches.ts';
import { isTokens, type Examples, type Labels } from '../data/dataset.ts';
import { logitsOnHost, lossOnHost, regularizationLoss } from '../model/gradients.ts';
import { countCorrect, type Metrics, Tally } from './metrics.ts';
import { RegressionTally } from './regression.ts';
import { tokenMetrics } from './tokens.ts';
import type { Model, Tensors } from '../model/model.ts';
import { valuesOf, type Values } from '../utils/tensors.ts';
import { tf } from '../utils/tf.ts';

/** About 3 MB of digits; larger pieces are no faster. Of tokens, this many positions. */
const rowsAtOnce = 1000;
const tokensAtOnce = 4000;

export interface Outputs {
  /** `[rows, outputs]`, row-major. */
  logits: Float64Array;
  outputs: number;
  loss: number;
}

/** Shows the logits of the rows in `order` to `visit`, a piece at a time. @returns the loss, with penalty, and the number of targets */
function lossOf(
  model: Model,
  parameters: Tensors,
  { examples, classes, order = allRows(examples) }: Rows,
  visit: (logits: Values, labels: Labels, start: number) => void,
): { loss: number; targets: number } {
  const rows = order.length;
  const atOnce = isTokens(examples) ? Math.max(1, Math.floor(tokensAtOnce / examples.features)) : rowsAtOnce;
  const targets = countTargets(examples, order);
  let loss = 0;
  for (let start = 0; start < rows; start += atOnce) {
    const end = Math.min(start + atOnce, rows);
    tf.tidy(() => {
      const batch = makeBatch(examples, { task: model.task, classes }, order, start, end);
      const logits = valuesOf(model.forward(parameters, batch.x).logits);
      visit(logits, batch.labels, start);
      const pieceLoss = model.loss.value(logits, valuesOf(batch.y), end - start);
      loss += model.loss.reduction === 'mean' ? (pieceLoss * batch.targets) / targets : pieceLoss;
    });
  }
  return { loss: loss + regularizationLoss(model, parameters, rows), targets };
}

interface Rows {
  examples: Examples;
  classes: number;
  /** Without it all of them, in their order. */
  order?: Int32Array;
}

/** Logits and loss (with penalty) of every row. */
export function outputsOf(model: Model, parameters: Tensors, examples: Examples, classes: number): Outputs {
  let logits = new Float64Array(0);
  let outputs = 0;
  const { loss } = lossOf(model, parameters, { examples, classes }, (piece, labels, start) => {
    if (start === 0) {
      outputs = piece.length / labels.length;
      logits = new Float64Array(examples.rows * outputs);
    }
    logits.set(piece, start * outputs);
  });
  return { logits, outputs, loss };
}

/**
 * All metrics. Memory grows with the rows by 8 bytes for binary models, and not at all for others.
 *
 * @param order the rows to score, all where it is left out
 * @param threshold of binary models: the probability above which a row is predicted as class 1; ½ where left out
 */
export function evaluate(
  model: Model,
  parameters: Tensors,
  examples: Examples,
  classes: number,
  order = allRows(examples),
  threshold?: number,
): Metrics {
  if (model.task === 'next-token') {
    return tokenMetrics(countedScores(model, parameters, { examples, classes, order })) as unknown as Metrics;
  }
  const tally =
    model.task === 'regression'
      ? new RegressionTally(examples.target)
      : new Tally(model.task, order.length, classes, threshold);
  const { loss } = lossOf(model, parameters, { examples, classes, order }, (logits, labels) =>
    tally.add(logits, labels),
  );
  return { loss, ...tally.metrics() } as Metrics;
}

/** Loss, and accuracy where there are classes, on rows that do not fit on the backend all at once. */
export function evaluateRows(
  model: Model,
  parameters: Tensors,
  rows: Required<Rows>,
): { loss: number; accuracy?: number } {
  const { targets: _, ...scores } = countedScores(model, parameters, rows);
  return scores;
}

/** The same, with the number of targets that they are the means over. */
function countedScores(
  model: Model,
  parameters: Tensors,
  rows: Required<Rows>,
): { loss: number; accuracy?: number; targets: number } {
  let right = 0;
  const { loss, targets } = lossOf(model, parameters, rows, (logits, labels) => {
    if (model.task !== 'regression') right += countCorrect(logits, model.task, labels);
  });
  return { loss, targets, ...(model.task !== 'regression' && { accuracy: right / targets }) };
}

/** Loss, and accuracy where there are classes, on a batch that is already on the backend: what every epoch asks for. */
export function evaluateBatch(
  model: Model,
  parameters: Tensors,
  { x, y, labels, targets }: Batch,
): { loss: number; accuracy?: number } {
  const logits = logitsOnHost(model, parameters, x);
  const loss = lossOnHost(model, parameters, logits, y);
  if (model.task === 'regression') return { loss };
  return { loss, accuracy: countCorrect(logits, model.task, labels) / targets };
}
