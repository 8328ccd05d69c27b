/**
 * Standardization: every feature to mean 0 and standard deviation 1, as scikit-learn's `StandardScaler` does it,
 * with its order of additions, so that its numbers come out to the last bit or next to it.
 */
import type { Preprocessing, TargetScale } from './dataset.ts';

export type Standardizer = Extract<Preprocessing, { kind: 'standardise' }>;

/**
 * Mean and population standard deviation of each feature. A feature that does not vary gets scale 1, so that it
 * becomes 0 and not noise or NaN.
 *
 * @param inputs `[rows, features]`, row-major, finite; the training rows only, or the test would leak into training.
 */
export function fitStandardizer(inputs: Float64Array, features: number): Standardizer {
  const rows = inputs.length / features;
  if (!Number.isInteger(rows) || rows < 1) {
    throw new RangeError(`${inputs.length} values cannot be divided into rows of ${features} features`);
  }
  const sum = new Float64Array(features);
  inputs.forEach((value, i) => (sum[i % features] += value));
  const mean = Array.from(sum, (total) => total / rows);

  // Σ(x−mean)² − (Σ(x−mean))²/n: the second term, 0 in exact arithmetic, takes back the error of the mean.
  const deviations = new Float64Array(features);
  const squares = new Float64Array(features);
  inputs.forEach((value, i) => {
    const deviation = value - mean[i % features];
    deviations[i % features] += deviation;
    squares[i % features] += deviation * deviation;
  });
  const scale = mean.map((average, feature) => {
    const variance = (squares[feature] - deviations[feature] ** 2 / rows) / rows;
    const rounding = rows * Number.EPSILON * variance + (rows * average * Number.EPSILON) ** 2;
    return variance <= rounding ? 1 : Math.sqrt(variance);
  });
  return { kind: 'standardise', mean, scale };
}

/** (value − mean) / scale, feature by feature; `[rows, features]` in and out. */
export function standardize(inputs: Float64Array, { mean, scale }: Standardizer): Float64Array {
  return inputs.map((value, i) => (value - mean[i % mean.length]) / scale[i % mean.length]);
}

/** Of the numbers that a regression is to predict. @param labels of the training rows */
export function targetScaleOf(labels: Float64Array): TargetScale {
  const { mean, scale } = fitStandardizer(labels, 1);
  return { mean: mean[0], scale: scale[0] };
}
