/**
 * All metrics of any number of rows, without keeping their outputs.
 */
import { confusionMatrixOf, decidingProbabilities, predictedClasses, type Metrics } from './metrics.ts';
import type { Labels } from '../data/dataset.ts';
import type { Model } from '../model/model.ts';
import type { Values } from '../utils/tensors.ts';
import { averageScoresOf, classScoresOf } from './per-class.ts';
import { addBrierScore, addLogLoss } from './probability.ts';
import { averagePrecision, rocAuc } from './ranking.ts';

const mostRowsShown = 16;

/**
 * Every metric but the loss, which is the model's affair, from rows that come in pieces. What remains of a row of a
 * binary model is its probability, by which all are ranked; of others nothing does.
 */
export class Tally {
  readonly #task: Model['task'];
  readonly #rows: number;
  readonly #confusionMatrix: number[][];
  /** Of binary models, row by row. */
  readonly #probabilities: Float64Array;
  readonly #labels: Uint8Array;
  #added = 0;
  #logLoss = 0;
  #brierScore = 0;

  /** @param rows how many will be added in all */
  constructor(task: Model['task'], rows: number, classes: number) {
    this.#task = task;
    this.#rows = rows;
    this.#confusionMatrix = confusionMatrixOf([], [], classes);
    this.#probabilities = new Float64Array(task === 'binary' ? rows : 0);
    this.#labels = new Uint8Array(task === 'binary' ? rows : 0);
  }

  /** @param logits `[labels, outputs]`, row-major */
  add(logits: Values, labels: Labels): void {
    const outputs = logits.length / labels.length;
    const predicted = predictedClasses(logits, this.#task, outputs);
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
      ...(this.#rows <= mostRowsShown && { probabilities: Array.from(this.#probabilities) }),
    };
  }
}
