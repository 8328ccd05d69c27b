/**
 * The receiver operating characteristic and the precision-recall curve. Rows of equal score are one step of a curve, as
 * in scikit-learn.
 */

/**
 * Visits the thresholds from the highest down, with the true and false positives when all rows of at least this score
 * are called class 1. NaN counts as the lowest score. No object per row, for tens of millions of rows.
 */
function visitThresholds(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  visit: (threshold: number, truePositives: number, falsePositives: number) => void,
): void {
  // Two sorted lists, read from their ends: native sorting of numbers is ten times as fast as by a comparison.
  const [negatives, positives] = [0, 1].map((label) => {
    const values = new Float64Array(countOf(labels, label));
    let filled = 0;
    for (let i = 0; i < labels.length; i++)
      if (labels[i] === label) values[filled++] = Number.isNaN(scores[i]) ? -Infinity : scores[i];
    return values.sort();
  });
  let [n, p] = [negatives.length, positives.length];
  while (n > 0 || p > 0) {
    const threshold = Math.max(n > 0 ? negatives[n - 1] : -Infinity, p > 0 ? positives[p - 1] : -Infinity);
    while (p > 0 && positives[p - 1] === threshold) p--;
    while (n > 0 && negatives[n - 1] === threshold) n--;
    visit(threshold, positives.length - p, negatives.length - n);
  }
}

function countOf(labels: ArrayLike<number>, wanted: number): number {
  let count = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === wanted) count++;
  return count;
}

export interface RocPoint {
  threshold: number;
  falsePositiveRate: number;
  truePositiveRate: number;
}

/**
 * The receiver operating characteristic, from (0, 0) at threshold ∞ to (1, 1).
 *
 * @param scores one per row, higher for class 1
 * @param labels 0 or 1
 * @returns undefined where one of the classes has no rows: one of the rates does not exist
 */
export function rocCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): RocPoint[] | undefined {
  const [negatives, positives] = [countOf(labels, 0), countOf(labels, 1)];
  if (negatives === 0 || positives === 0) return undefined;
  const curve: RocPoint[] = [{ threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 }];
  visitThresholds(scores, labels, (threshold, truePositives, falsePositives) =>
    curve.push({
      threshold,
      falsePositiveRate: falsePositives / negatives,
      truePositiveRate: truePositives / positives,
    }),
  );
  return curve;
}

/**
 * Area under the receiver operating characteristic: the probability that a row of class 1 scores higher than one of
 * class 0, a tie counting half. scikit-learn's `roc_auc_score`.
 *
 * @returns undefined where one of the classes has no rows
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | undefined {
  const [negatives, positives] = [countOf(labels, 0), countOf(labels, 1)];
  if (negatives === 0 || positives === 0) return undefined;
  // Twice the area of the trapezoids, in integers until the last line.
  let twiceArea = 0;
  let [trueBefore, falseBefore] = [0, 0];
  visitThresholds(scores, labels, (_, truePositives, falsePositives) => {
    twiceArea += (falsePositives - falseBefore) * (truePositives + trueBefore);
    [trueBefore, falseBefore] = [truePositives, falsePositives];
  });
  return twiceArea / 2 / negatives / positives;
}

export interface PrecisionRecallPoint {
  threshold: number;
  precision: number;
  recall: number;
}

/**
 * Precision and recall at each threshold, the highest first, after the point (recall 0, precision 1) by which
 * scikit-learn begins the curve. Where no row is of class 1, recall counts as 1, as scikit-learn has it.
 */
export function precisionRecallCurve(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): PrecisionRecallPoint[] {
  const positives = countOf(labels, 1);
  const curve: PrecisionRecallPoint[] = [{ threshold: Infinity, precision: 1, recall: 0 }];
  visitThresholds(scores, labels, (threshold, truePositives, falsePositives) =>
    curve.push({
      threshold,
      precision: truePositives / (truePositives + falsePositives),
      recall: positives === 0 ? 1 : truePositives / positives,
    }),
  );
  return curve;
}

/** Σ (recallₙ − recallₙ₋₁)·precisionₙ, without interpolation, 0 where no row is of class 1: scikit-learn's `average_precision_score`. */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const positives = countOf(labels, 1);
  if (positives === 0) return 0;
  let [sum, trueBefore] = [0, 0];
  visitThresholds(scores, labels, (_, truePositives, falsePositives) => {
    sum += ((truePositives - trueBefore) * truePositives) / (truePositives + falsePositives);
    trueBefore = truePositives;
  });
  return sum / positives;
}
