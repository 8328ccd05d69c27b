/**
 * Metrics of classifications, as plain functions of plain arrays.
 */
import type { Labels } from '../data/dataset.ts';
import { addBrierScore, addLogLoss } from './probability.ts';
import { averagePrecision, rocAuc } from './ranking.ts';
import { isRegression } from './regression.ts';
import { isTokenMetrics } from './tokens.ts';
import type { Model } from '../model/model.ts';
import { exp } from '../utils/math.ts';
import type { Values } from '../utils/tensors.ts';
import { percent } from '../utils/text.ts';

/** Metrics of a classifier. A regression has `RegressionMetrics` instead, which `isRegression` recognizes. */
export interface Metrics {
  loss: number;
  /** Share of rows whose most probable class is the right one, 0 … 1. */
  accuracy: number;
  /** `confusionMatrix[actual][predicted]` counts rows. */
  confusionMatrix: number[][];
  /** In the order of the classes. */
  perClass: ClassScores[];
  macro: AverageScores;
  weighted: AverageScores;
  /** Mean of −log(probability of the right class), in nats. */
  logLoss: number;
  /** Mean squared error of the probabilities: 0 … 1 for binary models, 0 … 2 for others. */
  brierScore: number;
  /** Area under the receiver operating characteristic; of binary models, where both classes have rows. */
  rocAuc?: number;
  /** Area under the precision-recall curve, summed without interpolation; of binary models. */
  averagePrecision?: number;
  /** Of class 1 in each row, for binary models and up to sixteen rows, such as a truth table. */
  probabilities?: number[];
}

/** Probabilities from logits, row-major; one per row (of class 1) for binary models, one per class for others. */
export function probabilitiesOf(logits: Values, task: Model['task'], outputs: number): Float64Array {
  if (task === 'binary') return Float64Array.from(logits, sigmoid);
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += outputs) {
    let largest = -Infinity;
    for (let k = 0; k < outputs; k++) largest = Math.max(largest, logits[start + k]);
    let sum = 0;
    for (let k = 0; k < outputs; k++) sum += probabilities[start + k] = exp(logits[start + k] - largest);
    for (let k = 0; k < outputs; k++) probabilities[start + k] /= sum;
  }
  return probabilities;
}

/** 1/(1 + e⁻ᶻ) without overflow. */
export const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)));

/**
 * The predicted class of the row whose logits begin at `start`. Binary: 1 where z > 0, i.e. the probability exceeds ½.
 * If a binary model has several outputs (XORNet has two identical ones), the first decides.
 */
function predictedClass(
  logits: Values,
  task: Model['task'],
  outputs: number,
  start: number,
  threshold?: number,
): number {
  if (task === 'binary') {
    if (threshold !== undefined) return sigmoid(logits[start]) > threshold ? 1 : 0;
    return logits[start] > 0 ? 1 : 0;
  }
  let best = 0;
  for (let k = 1; k < outputs; k++) if (logits[start + k] > logits[start + best]) best = k;
  return best;
}

/**
 * The predicted class of each row.
 *
 * @param threshold of binary models: the probability above which a row is predicted as class 1; ½ where left out
 */
export const predictedClasses = (
  logits: Values,
  task: Model['task'],
  outputs: number,
  threshold?: number,
): Uint8Array =>
  Uint8Array.from({ length: logits.length / outputs }, (_, row) =>
    predictedClass(logits, task, outputs, row * outputs, threshold),
  );

/** How many rows are predicted right, without a list of the predictions, because every training step needs it. */
export function countCorrect(logits: Values, task: Model['task'], labels: Labels): number {
  // An integer to V8, too, which would treat the quotient as a float.
  const outputs = (logits.length / labels.length) | 0;
  let right = 0;
  for (let row = 0, start = 0; row < labels.length; row++, start = (start + outputs) | 0) {
    if (predictedClass(logits, task, outputs, start) === labels[row]) right++;
  }
  return right;
}

export function accuracyOf(predicted: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return right / labels.length;
}

/**
 * Counts rows by their actual and their predicted class.
 *
 * @param matrix to which they are added; without it a new one
 */
export function confusionMatrixOf(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
): number[][] {
  for (let i = 0; i < labels.length; i++) matrix[labels[i]][predicted[i]]++;
  return matrix;
}

/** As {@link probabilitiesOf}, but only of a row's first output where a binary model has several. */
export function decidingProbabilities(logits: Values, task: Model['task'], outputs: number): Float64Array {
  const probabilities = probabilitiesOf(logits, task, outputs);
  return task === 'binary' ? probabilities.filter((_, i) => i % outputs === 0) : probabilities;
}

const maxRowsShown = 16;

/**
 * Every metric except the loss, which the model computes, from rows that come in pieces. For binary models it keeps each
 * row's probability, which the ranking metrics need.
 */
export class Tally {
  readonly #task: Model['task'];
  readonly #rows: number;
  readonly #confusionMatrix: number[][];
  /** Of binary models, row by row. */
  readonly #probabilities: Float64Array;
  readonly #labels: Uint8Array;
  readonly #threshold?: number;
  #added = 0;
  #logLoss = 0;
  #brierScore = 0;

  /** @param rows how many will be added in all @param threshold as of {@link predictedClasses} */
  constructor(task: Model['task'], rows: number, classes: number, threshold?: number) {
    this.#task = task;
    this.#threshold = threshold;
    this.#rows = rows;
    this.#confusionMatrix = confusionMatrixOf([], [], classes);
    this.#probabilities = new Float64Array(task === 'binary' ? rows : 0);
    this.#labels = new Uint8Array(task === 'binary' ? rows : 0);
  }

  /** @param logits `[labels, outputs]`, row-major */
  add(logits: Values, labels: Labels): void {
    const outputs = logits.length / labels.length;
    const predicted = predictedClasses(logits, this.#task, outputs, this.#threshold);
    confusionMatrixOf(predicted, labels, this.#confusionMatrix.length, this.#confusionMatrix);
    const probabilities = decidingProbabilities(logits, this.#task, outputs);
    const perRow = this.#task === 'binary' ? 1 : outputs;
    this.#logLoss = addLogLoss(this.#logLoss, probabilities, labels, perRow);
    this.#brierScore = addBrierScore(this.#brierScore, probabilities, labels, perRow);
    if (this.#task === 'binary') {
      this.#probabilities.set(probabilities, this.#added);
      this.#labels.set(labels, this.#added);
    }
    this.#added += labels.length;
  }

  metrics(): Omit<Metrics, 'loss'> {
    const right = this.#confusionMatrix.reduce((sum, counts, k) => sum + counts[k], 0);
    return {
      accuracy: right / this.#rows,
      confusionMatrix: this.#confusionMatrix,
      perClass: classScoresOf(this.#confusionMatrix),
      ...averageScoresOf(this.#confusionMatrix),
      logLoss: this.#logLoss / this.#rows,
      brierScore: this.#brierScore / this.#rows,
      ...(this.#task === 'binary' && this.#ranking()),
    };
  }

  #ranking(): Pick<Metrics, 'rocAuc' | 'averagePrecision' | 'probabilities'> {
    const auc = rocAuc(this.#probabilities, this.#labels);
    return {
      ...(auc !== undefined && { rocAuc: auc }),
      averagePrecision: averagePrecision(this.#probabilities, this.#labels),
      ...(this.#rows <= maxRowsShown && { probabilities: Array.from(this.#probabilities) }),
    };
  }
}

/** The most frequent class of the rows that were scored, and the accuracy of always predicting it. */
export function majorityOf({ confusionMatrix }: Pick<Metrics, 'confusionMatrix'>): {
  label: number;
  share: number;
} {
  const rows = confusionMatrix.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const label = rows.indexOf(Math.max(...rows));
  return { label, share: rows[label] / rows.reduce((sum, count) => sum + count, 0) };
}

export interface Headline {
  key: 'accuracy' | 'r2' | 'loss';
  /** For people. Of losses less is better, of the others more. */
  name: 'accuracy' | 'R²' | 'loss';
  value: number;
  text: string;
}

/** @param metrics of a model, or read from a file of one */
export function headlineOf(metrics: object): Headline {
  if (isRegression(metrics)) {
    // A file has no number where R² is undefined.
    const value = (metrics.r2 as number | null | undefined) ?? NaN;
    return { key: 'r2', name: 'R²', value, text: Number.isNaN(value) ? 'undefined' : value.toFixed(4) };
  }
  if (isTokenMetrics(metrics)) {
    const { loss } = metrics;
    return { key: 'loss', name: 'loss', value: loss, text: loss.toFixed(4) };
  }
  const { accuracy } = metrics as Metrics;
  return { key: 'accuracy', name: 'accuracy', value: accuracy, text: percent(accuracy) };
}

/**
 * Precision, recall and F1 from a confusion matrix; undefined values as in scikit-learn
 * (`precision_recall_fscore_support`, `zero_division=0`).
 */
export interface ClassScores {
  /** Of the rows that were given this class, the share that belong to it; 0 where there are none. */
  precision: number;
  /** Of the rows that belong to it, the share that were given it; 0 where there are none. */
  recall: number;
  /** Harmonic mean of both: 2·right / (actual + predicted). */
  f1: number;
  /** Rows that belong to it. */
  support: number;
}

export type AverageScores = Omit<ClassScores, 'support'>;

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** One entry per class, in the matrix's order. @param matrix `matrix[actual][predicted]` counts rows */
export function classScoresOf(matrix: number[][]): ClassScores[] {
  return matrix.map((row, k) => {
    const right = row[k];
    const support = row.reduce((sum, count) => sum + count, 0);
    const predicted = matrix.reduce((sum, other) => sum + other[k], 0);
    return {
      precision: ratio(right, predicted),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predicted),
      support,
    };
  });
}

/**
 * The scores' mean over the classes: `macro` counts each class alike, `weighted` by its rows. As in scikit-learn, a
 * class that neither a row nor a prediction has takes no part; one that was only predicted counts with 0.
 */
export function averageScoresOf(matrix: number[][]): { macro: AverageScores; weighted: AverageScores } {
  const present = classScoresOf(matrix).filter(
    ({ support }, k) => support > 0 || matrix.some((row) => row[k] > 0),
  );
  const rows = present.reduce((sum, { support }) => sum + support, 0);
  const mean = (weightOf: (scores: ClassScores) => number): AverageScores => {
    const of = (key: keyof AverageScores) =>
      present.reduce((sum, scores) => sum + weightOf(scores) * scores[key], 0);
    return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
  };
  return {
    macro: mean(() => 1 / present.length),
    weighted: mean(({ support }) => ratio(support, rows)),
  };
}
