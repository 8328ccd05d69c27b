/**
 * Metrics of regressions, in the target's unit; undefined values as in scikit-learn.
 */
import type { Labels, TargetScale } from '../data/dataset.ts';
import type { Values } from '../utils/tensors.ts';
import type { Metrics } from './metrics.ts';
import { isTokenMetrics } from './tokens.ts';

export interface RegressionMetrics {
  /** ½ · mean squared error of what the network learns, the target at mean 0 and deviation 1, with the penalty. */
  loss: number;
  /** Root of the mean squared error, in the target's unit. */
  rmse: number;
  /** Mean of |predicted − true|, in the target's unit. */
  mae: number;
  /** 1 − Σ(predicted − true)² / Σ(true − mean)²: 1 at best, 0 for what always predicts the mean; NaN for a single row. */
  r2: number;
}

/** Whether the metrics are those of a regression. */
export const isRegression = <T extends object>(metrics: T): metrics is T & RegressionMetrics =>
  'rmse' in metrics || 'r2' in metrics;

/** The main metrics, which files and tables hold of every run. */
export function mainScores(metrics: Metrics): {
  loss: number;
  accuracy?: number;
  r2?: number;
  rmse?: number;
  perplexity?: number;
} {
  if (isTokenMetrics(metrics)) {
    const { loss, accuracy, perplexity } = metrics;
    return { loss, accuracy, perplexity };
  }
  if (!isRegression(metrics)) return { loss: metrics.loss, accuracy: metrics.accuracy };
  // JSON has no NaN.
  return { loss: metrics.loss, ...(Number.isFinite(metrics.r2) && { r2: metrics.r2 }), rmse: metrics.rmse };
}

/** The predicted number from a network's output. */
export const inUnits = (output: number, { mean, scale }: TargetScale = { mean: 0, scale: 1 }): number =>
  mean + scale * output;

/** All metrics except the loss, from rows that come in pieces. */
export class RegressionTally {
  readonly #target?: TargetScale;
  #rows = 0;
  #absolute = 0;
  #squares = 0;
  /**
   * The first true number; the mean of what the others exceed it by, and Σ(true − mean)², as B. P. Welford (1962) keeps
   * them. Without the first number, a large offset of all would take the last digits.
   */
  #first = 0;
  #mean = 0;
  #spread = 0;

  constructor(target?: TargetScale) {
    this.#target = target;
  }

  /** @param outputs one a row */
  add(outputs: Values, labels: Labels): void {
    for (let row = 0; row < labels.length; row++) {
      const error = inUnits(outputs[row], this.#target) - labels[row];
      this.#absolute += Math.abs(error);
      this.#squares += error * error;
      if (this.#rows === 0) this.#first = labels[row];
      const excess = labels[row] - this.#first;
      const apart = excess - this.#mean;
      this.#mean += apart / ++this.#rows;
      this.#spread += apart * (excess - this.#mean);
    }
  }

  metrics(): Omit<RegressionMetrics, 'loss'> {
    const isExact = this.#squares === 0;
    return {
      rmse: Math.sqrt(this.#squares / this.#rows),
      mae: this.#absolute / this.#rows,
      r2: this.#rows < 2 ? NaN : this.#spread === 0 ? Number(isExact) : 1 - this.#squares / this.#spread,
    };
  }
}
