/**
 * Precision, recall and F1 from a confusion matrix, with scikit-learn's decisions where they are not defined
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
