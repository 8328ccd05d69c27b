/**
 * Log loss, Brier score and calibration. `probabilities` are row-major, one per row (of class 1) for binary models, one
 * per class for others.
 */
import { log } from '../utils/math.ts';

/** Probabilities are clipped this far from 0 and 1, as in scikit-learn. */
const minProbability = Number.EPSILON;

/**
 * Adds −log(probability of the right class) of every row, in nats, to a sum, which over the number of all rows is
 * scikit-learn's `log_loss`. Unlike a model's loss it has no penalty and is always a mean.
 */
export function addLogLoss(
  sum: number,
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  outputs: number,
): number {
  for (let row = 0; row < labels.length; row++) {
    const right =
      outputs === 1
        ? labels[row] === 1
          ? probabilities[row]
          : 1 - probabilities[row]
        : probabilities[row * outputs + labels[row]];
    sum -= log(Math.min(1 - minProbability, Math.max(minProbability, right)));
  }
  return sum;
}

/**
 * Adds the squared distance between probabilities and labels of every row to a sum, which over the number of all rows is
 * the Brier score, 0 at best. Binary: (p − y)², at most 1, scikit-learn's `brier_score_loss`; several classes:
 * Σ_k (p_k − y_k)², at most 2 (Brier, 1950).
 */
export function addBrierScore(
  sum: number,
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  outputs: number,
): number {
  for (let row = 0; row < labels.length; row++) {
    for (let k = 0; k < outputs; k++) {
      const happened = outputs === 1 ? labels[row] : Number(labels[row] === k);
      sum += (probabilities[row * outputs + k] - happened) ** 2;
    }
  }
  return sum;
}

export interface CalibrationBin {
  /** Mean of what was predicted for the rows of this bin, 0 … 1. */
  predicted: number;
  /** Share of them for which it came true. */
  happened: number;
  rows: number;
}

/**
 * Calibration curve: rows in bins of equal width by their probability, without empty bins; scikit-learn's
 * `calibration_curve(strategy='uniform')`.
 *
 * @param probabilities of the event, one per row
 * @param happened 1 where it came true, else 0
 */
export function calibrationOf(
  probabilities: ArrayLike<number>,
  happened: ArrayLike<number>,
  bins = 10,
): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ predicted: 0, happened: 0, rows: 0 }));
  for (let i = 0; i < happened.length; i++) {
    if (Number.isNaN(probabilities[i])) continue;
    // A probability on the border of two bins belongs to the lower one. Borders are NumPy's, 3·(1/10), not 3/10.
    let place = 0;
    while (place < bins - 1 && probabilities[i] > (place + 1) * (1 / bins)) place++;
    const bin = sums[place];
    bin.predicted += probabilities[i];
    bin.happened += happened[i];
    bin.rows++;
  }
  return sums
    .filter(({ rows }) => rows > 0)
    .map((bin) => ({
      predicted: bin.predicted / bin.rows,
      happened: bin.happened / bin.rows,
      rows: bin.rows,
    }));
}
